# dbmate: https://github.com/amacneil/dbmate
databases="sqlite postgres mariadb"
bring() { version="dbmate 2.36.0" && packages dbmate@2.36.0; }
dbmate() {
    case $KIND in postgres) url="$URL?sslmode=disable" ;; *) url=$URL ;; esac
    "$TOOL/node_modules/.bin/dbmate" --url "$url" --migrations-dir migrations --no-dump-schema "$@"
}
migrate() { dbmate up; }
status() { dbmate status; }
