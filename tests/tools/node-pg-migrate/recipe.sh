# node-pg-migrate: https://github.com/salsita/node-pg-migrate
databases="postgres"
bring() { version="node-pg-migrate 9.0.0" && packages node-pg-migrate@9.0.0; }
# It has no command that says what is applied.
migrate() { DATABASE_URL=$URL "$TOOL/node_modules/.bin/node-pg-migrate" up; }
