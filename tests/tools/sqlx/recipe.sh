# sqlx's command line: https://github.com/launchbadge/sqlx
databases="sqlite postgres mariadb"
checksums=1
bring() {
    version="sqlx-cli 0.9.0"
    [ -x bin/sqlx ] || cargo install -q sqlx-cli --version 0.9.0 --locked --no-default-features \
        --features sqlite,postgres,mysql,rustls,sqlx-toml --root .
}
sqlx() {
    case $KIND in sqlite) [ -e "$FILE" ] || : >"$FILE" ;; esac
    "$TOOL/bin/sqlx" migrate "$1" --database-url "$URL"
}
migrate() { sqlx run; }
status() { sqlx info; }
