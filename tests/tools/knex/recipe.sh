# Knex: https://knexjs.org
databases="sqlite postgres mariadb"
bring() { version="Knex 3.3.0" && packages knex@3.3.0; }
migrate() { "$TOOL/node_modules/.bin/knex" migrate:latest; }
status() { "$TOOL/node_modules/.bin/knex" migrate:list; }
