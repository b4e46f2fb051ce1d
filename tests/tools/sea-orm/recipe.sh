# SeaORM's migrator: https://www.sea-ql.org
databases="sqlite postgres mariadb"
bring() {
    version="sea-orm-migration 2.0.4"
    [ -x bin/migration ] || cargo install -q --path "$here/program" --root . --target-dir target
}
sea_orm() {
    case $KIND in sqlite) url="$URL?mode=rwc" ;; *) url=$URL ;; esac
    DATABASE_URL=$url "$TOOL/bin/migration" "$1"
}
migrate() { sea_orm up; }
status() { sea_orm status; }
