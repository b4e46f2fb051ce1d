# graphile-migrate: https://github.com/graphile/migrate
databases="postgres"
bring() { version="graphile-migrate 1.4.1" && packages graphile-migrate@1.4.1; }
graphile() { DATABASE_URL=$URL SHADOW_DATABASE_URL=${URL}_shadow ROOT_DATABASE_URL=${URL%/*}/postgres "$TOOL/node_modules/.bin/graphile-migrate" "$@"; }
migrate() { graphile migrate; }
# Each migration names the one before it: none can come late.
chained=1
status() { graphile status; }
