#!/bin/sh
# Makes clean.sql and gap.sql anew with the real TypeORM, on SQLite. Needs npm and python3. MODULES may name a folder
# `node_modules` that has it already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=1.1.1
if [ -n "${MODULES:-}" ]; then ln -s "$MODULES" "$work/node_modules"
else npm install --silent --prefix "$work" "typeorm@$version" reflect-metadata better-sqlite3; fi
cp -r "$here/migrations" "$work"
cat > "$work/migrate.js" <<'JAVASCRIPT'
const { DataSource } = require("typeorm");
const source = new DataSource({
    type: "better-sqlite3",
    database: process.env.FILE,
    migrations: ["migrations/*.js"],
});
source.initialize().then(() => source.runMigrations()).then(() => source.destroy());
JAVASCRIPT
migrate() { (cd "$work" && FILE="$work/$1.db" node migrate.js); }

migrate clean
python3 "$here/../dump.py" "$work/clean.db" "TypeORM $version: all three" > "$here/clean.sql"

# The second one came later than the third.
rm "$work"/migrations/*-two.js
migrate gap
python3 "$here/../dump.py" "$work/gap.db" "TypeORM $version: the first and the third" > "$here/gap.sql"
