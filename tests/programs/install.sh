#!/bin/sh
# Installs the tools that tests/programs.rs replays migrations with, from their registry, into a directory of its own:
#     tests/programs/install.sh DIRECTORY
# Nothing is done where they are already there in these versions. Needs python3 with venv, and the network once.
set -eu

alembic=1.20.1
django=5.2.19
psycopg=2.9.12
pymysql=1.2.4

cache=${1:?name the directory to install into}
wanted="alembic $alembic, Django $django, psycopg2-binary $psycopg, PyMySQL $pymysql"
[ "$(cat "$cache/installed" 2>/dev/null)" = "$wanted" ] && exit 0

fail() {
    echo "install.sh: $1" >&2
    exit 1
}
command -v python3 >/dev/null || fail "python3 is not in PATH"

rm -rf "$cache"
mkdir -p "$cache"
python3 -m venv "$cache/python" || fail "python3 cannot make a virtual environment (Debian: apt install python3-venv)"
"$cache/python/bin/pip" install --quiet --disable-pip-version-check \
    "alembic==$alembic" "Django==$django" "psycopg2-binary==$psycopg" "PyMySQL==$pymysql" || fail "pip cannot install $wanted"
[ -x "$cache/python/bin/alembic" ] || fail "alembic was not installed"
echo "$wanted" >"$cache/installed"
