#!/bin/sh
# Makes clean.sql and gap.sql anew with the real dbmate, on SQLite. Needs npm and python3. MODULES may name a folder
# `node_modules` that has it already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=2.36.0
[ -n "${MODULES:-}" ] || npm install --silent --prefix "$work" "dbmate@$version"
dbmate() { "${MODULES:-$work/node_modules}/.bin/dbmate" --no-dump-schema "$@"; }

dbmate --url "sqlite:$work/clean.db" --migrations-dir "$here/migrations" up
python3 "$here/../dump.py" "$work/clean.db" "dbmate $version: all three" > "$here/clean.sql"

# The second one came later than the third.
mkdir "$work/some"
cp "$here"/migrations/*_one.sql "$here"/migrations/*_three.sql "$work/some"
dbmate --url "sqlite:$work/gap.db" --migrations-dir "$work/some" up
python3 "$here/../dump.py" "$work/gap.db" "dbmate $version: the first and the third" > "$here/gap.sql"
