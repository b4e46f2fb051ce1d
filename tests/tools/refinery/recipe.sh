# refinery's command line: https://github.com/rust-db/refinery. On MySQL it does not notice when a later
# statement fails, and records the migration as applied: the first statement of the failing one is the wrong one.
databases="sqlite postgres mariadb"
checksums=1
bring() {
    version="refinery_cli 0.10.0"
    [ -x bin/refinery ] || cargo install -q refinery_cli --version 0.10.0 --locked --no-default-features \
        --features postgresql,mysql,sqlite-bundled --root .
}
# It has no command that says what is applied.
migrate() {
    case $KIND in
    sqlite) [ -e "$FILE" ] || : >"$FILE"; db_type=Sqlite ;;
    postgres) db_type=Postgres ;;
    mariadb) db_type=Mysql ;;
    esac
    printf '[main]\ndb_type = "%s"\ndb_path = "%s"\ndb_host = "%s"\ndb_port = "%s"\ndb_user = "%s"\ndb_pass = "%s"\ndb_name = "%s"\n' \
        "$db_type" "$FILE" "$HOST" "$PORT" "$DBUSER" "$PASSWORD" "$NAME" >refinery.toml
    "$TOOL/bin/refinery" migrate -d -m -p migrations
}
