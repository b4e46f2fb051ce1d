#!/bin/sh
# Makes clean.sql and gap.sql anew with the real Knex, on SQLite. Needs npm and python3. MODULES may name a folder
# `node_modules` that has it already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=3.3.0
if [ -n "${MODULES:-}" ]; then ln -s "$MODULES" "$work/node_modules"
else npm install --silent --prefix "$work" "knex@$version" better-sqlite3; fi
cp -r "$here/migrations" "$work"
cat > "$work/knexfile.js" <<'JAVASCRIPT'
module.exports = {
    client: "better-sqlite3",
    connection: { filename: process.env.FILE },
    migrations: { directory: "./migrations" },
    useNullAsDefault: true,
};
JAVASCRIPT
migrate() { (cd "$work" && FILE="$work/$1.db" node_modules/.bin/knex migrate:latest); }

migrate clean
python3 "$here/../dump.py" "$work/clean.db" "Knex $version: all three" > "$here/clean.sql"

# The second one came later than the third.
rm "$work"/migrations/*_two.js
migrate gap
python3 "$here/../dump.py" "$work/gap.db" "Knex $version: the first and the third" > "$here/gap.sql"
