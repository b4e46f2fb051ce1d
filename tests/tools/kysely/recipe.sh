# Kysely: https://kysely.dev
databases="sqlite postgres mariadb"
bring() { version="Kysely 0.28.18" && packages kysely@0.28.18 kysely-ctl@0.20.0; }
migrate() { "$TOOL/node_modules/.bin/kysely" migrate:latest; }
status() { "$TOOL/node_modules/.bin/kysely" migrate:list; }
