#!/bin/sh
# Makes clean.sql and gap.sql anew with the real yoyo, on SQLite. Needs python3 and PyPI.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=9.0.0
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "yoyo-migrations==$version" setuptools
yoyo() { "$work/venv/bin/yoyo" "$@"; }

yoyo apply --no-config-file --batch -d "sqlite:///$work/clean.db" "$here/migrations"
python3 "$here/../dump.py" "$work/clean.db" "yoyo-migrations $version: all three" > "$here/clean.sql"

# The second one came later than the third.
mkdir "$work/some"
cp "$here"/migrations/0001.* "$here"/migrations/0003.* "$work/some"
yoyo apply --no-config-file --batch -d "sqlite:///$work/gap.db" "$work/some"
python3 "$here/../dump.py" "$work/gap.db" "yoyo-migrations $version: the first and the third" > "$here/gap.sql"
