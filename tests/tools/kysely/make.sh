#!/bin/sh
# Makes clean.sql and gap.sql anew with the real Kysely, on SQLite. Needs npm and python3. MODULES may name a folder
# `node_modules` that has it already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=0.28.18
if [ -n "${MODULES:-}" ]; then ln -s "$MODULES" "$work/node_modules"
else npm install --silent --prefix "$work" "kysely@$version" better-sqlite3; fi
cp -r "$here/migrations" "$work"
cat > "$work/migrate.mjs" <<'JAVASCRIPT'
import { promises as fs } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { FileMigrationProvider, Kysely, Migrator, SqliteDialect } from "kysely";

const db = new Kysely({ dialect: new SqliteDialect({ database: new Database(process.env.FILE) }) });
const provider = new FileMigrationProvider({ fs, path, migrationFolder: path.resolve("migrations") });
const { error } = await new Migrator({ db, provider }).migrateToLatest();
if (error) throw error;
JAVASCRIPT
migrate() { (cd "$work" && FILE="$work/$1.db" node migrate.mjs); }

migrate clean
python3 "$here/../dump.py" "$work/clean.db" "Kysely $version: all three" > "$here/clean.sql"

# The second one came later than the third.
rm "$work"/migrations/*_two.mjs
migrate gap
python3 "$here/../dump.py" "$work/gap.db" "Kysely $version: the first and the third" > "$here/gap.sql"
