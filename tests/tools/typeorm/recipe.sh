# TypeORM: https://typeorm.io
databases="sqlite postgres mariadb"
bring() { version="TypeORM 1.1.1" && packages typeorm@1.1.1 reflect-metadata; }
typeorm() { node "$TOOL/node_modules/typeorm/cli.js" "$@" -d source.js; }
migrate() { typeorm migration:run; }
status() { typeorm migration:show; }
