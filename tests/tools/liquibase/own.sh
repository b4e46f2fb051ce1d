#!/bin/sh
# Makes ledgers of changelogs in all formats with the real Liquibase. make.sh calls it, with the tool in TOOL and a running
# PostgreSQL in PGHOST, PGPORT and PGUSER.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
home=$TOOL/node_modules/liquibase/dist/liquibase
liquibase() {
    java -cp "$home/internal/lib/*:$home/lib/*:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar" \
        liquibase.integration.commandline.LiquibaseCommandLine "$@"
}
version=$(liquibase --version 2>/dev/null | sed -n 's/.*Version: *//p' | head -1)
cp -r "$here/project" "$work/project"
cd "$work/project/db"

# run NAME CHANGELOG WORDS...: into a database of its own
run() {
    name=$1 file=$2
    shift 2
    liquibase --url="jdbc:sqlite:$work/$name.db" --changelog-file="$file" "$@" >"$work/log" 2>&1 ||
        echo "it failed, as it should: $name"
}

# keep NAME TITLE
keep() {
    python3 "$here/../dump.py" "$work/$1.db" "Liquibase $version: $2" |
        sed -E "s/20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}/2024-01-01 00:00:00/g; s/'[0-9]{10}'\)/'0000000000')/" >"$here/$1.sql"
}

run clean changelog/master.xml update
keep clean update
run pending changelog/master.xml update-count --count=2
keep pending "update-count --count=2"
run synced changelog/master.xml changelog-sync
keep synced changelog-sync
run cleared changelog/master.xml update
run cleared changelog/master.xml clear-checksums
keep cleared "update, clear-checksums"

# A statement that fails leaves no row.
printf 'SELECT nothing FROM nowhere;\n' >>changelog/sql/two.sql
run failed changelog/master.xml update
keep failed "update, with a mistake in sql/two.sql"
cp "$here/project/db/changelog/sql/two.sql" changelog/sql/two.sql

# What runs on change has changed, and is run again.
run rerun changelog/master.xml update
sed -i 's/SELECT id FROM/SELECT id, 1 AS one FROM/' changelog/sql/two.sql
run rerun changelog/master.xml update
keep rerun "update, edit of a changeset with runOnChange, update"
cp "$here/project/db/changelog/sql/two.sql" changelog/sql/two.sql

# The same from another directory: other names in the ledger.
cd changelog
run below master.xml update
keep below "update, from db/changelog"
cd ..

dropdb --if-exists guard_liquibase
createdb guard_liquibase
liquibase --url="jdbc:postgresql://${PGHOST}:${PGPORT:-5432}/guard_liquibase" --username="$PGUSER" \
    --changelog-file=changelog/master.xml update >"$work/log" 2>&1
{
    echo "-- Liquibase $version: update, on PostgreSQL"
    pg_dump --inserts --no-owner -t databasechangelog guard_liquibase | grep -v '^--\|^SET\|^SELECT\|^\\\|^$' |
        sed -E "s/20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:.]{8,}/2024-01-01 00:00:00/g; s/'[0-9]{10}'\)/'0000000000')/"
} >"$here/own-postgres.sql"
dropdb guard_liquibase
