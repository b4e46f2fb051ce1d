# Diesel's command line: https://diesel.rs
databases="sqlite postgres mariadb"
bring() {
    version="diesel_cli 2.3.14"
    [ -x bin/diesel ] || cargo install -q diesel_cli --version 2.3.14 --locked --root .
}
diesel() { DATABASE_URL=${URL#sqlite:} "$TOOL/bin/diesel" migration "$1"; }
migrate() { diesel run; }
status() { diesel list; }
