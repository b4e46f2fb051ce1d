#!/bin/sh
# Makes ledgers of branches with the real Alembic, on SQLite. make.sh calls it, with the tool in TOOL.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$("$TOOL/venv/bin/alembic" --version | sed 's/.* //')
mkdir "$work/project"
cp -r "$here/migrations" "$work/project"

# alembic DATABASE WORDS...
alembic() {
    printf '[alembic]\nscript_location = %s/project/migrations\nsqlalchemy.url = sqlite:///%s/%s.db\n' \
        "$work" "$work" "$1" > "$work/alembic.ini"
    shift
    "$TOOL/venv/bin/alembic" -c "$work/alembic.ini" "$@"
}
dump() { python3 "$here/../dump.py" "$work/$1.db" "Alembic $version: $2" > "$here/$1.sql"; }

alembic clean upgrade heads
dump clean "all of them"

alembic pending upgrade a1b2c3d4e5f6
dump pending "the first only"

# Before the merge there were two.
rm "$work/project/migrations/versions/d4e5f6a1b2c3_merge.py"
alembic heads upgrade heads
dump heads "both branches, before they were joined"

alembic empty upgrade heads
alembic empty downgrade base
dump empty "all of them, and all taken back"

# Branches with names, of which one needs the others, and is applied before them.
rm -r "$work/project/migrations"
cp -r "$here/branches" "$work/project/migrations"
alembic branches-all upgrade heads
dump branches-all "branches that need each other, all of them"
alembic branches-shop upgrade shop@head
dump branches-shop "one branch, and what it needs of another"
alembic branches-base upgrade x2
dump branches-base "the branch that the others need"

# A row for what another row builds on already: the tool itself stops at it.
alembic overlap upgrade shop@head
python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript("INSERT INTO alembic_version VALUES (\"x1\")")' "$work/overlap.db"
alembic overlap upgrade heads 2>&1 | grep -q 'overlaps with other requested revisions'
dump overlap "a revision and what it builds on"
