# MikroORM: https://mikro-orm.io
databases="sqlite postgres mariadb"
bring() {
    version="MikroORM 6.6.16"
    packages @mikro-orm/core@6.6.16 @mikro-orm/cli@6.6.16 @mikro-orm/migrations@6.6.16 @mikro-orm/sqlite@6.6.16 \
        @mikro-orm/postgresql@6.6.16 @mikro-orm/mariadb@6.6.16
}
mikro() { MIKRO_ORM_ALLOW_GLOBAL_CLI=1 "$TOOL/node_modules/.bin/mikro-orm" "$@"; }
migrate() { mikro migration:up; }
status() {
    echo "migration:list" && mikro migration:list
    echo "migration:pending" && mikro migration:pending
}
