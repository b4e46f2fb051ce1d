#!/bin/sh
# Makes a project with tags and changes that are written again, and its registries, with the real Sqitch. make.sh calls it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sqitch --version | sed 's/.* v//')
export EDITOR=false HOME="$work" SQITCH_FULLNAME="Ann B" SQITCH_EMAIL="ann@example.com"
mkdir "$work/flip"
cd "$work/flip"
sqitch() { command sqitch --quiet "$@"; }
change() { printf 'BEGIN;\n\nCREATE TABLE %s (id INTEGER);\n\nCOMMIT;\n' "$1" > "deploy/$1.sql"; }

# deploy NAME WORDS...: into a target of its own, and the registry that lies beside it as NAME.sql
deploy() {
    mkdir -p "$work/$1"
    target="db:sqlite:$work/$1/t.db"
    name=$1
    shift
    sqitch deploy --target "$target" "$@" || echo "it failed, as it should: $name"
    python3 "$here/../dump.py" "$work/$name/sqitch.db" "Sqitch $version: deploy $*" > "$here/$name.sql"
}

sqitch init flip --engine sqlite --uri https://example.com/flip/
sqitch add one -n 'Adds one.'
change one
sqitch add two --requires one -n 'Adds two, "naïvely".'
change two
sqitch tag v1.0 -n 'The first.'
sqitch add three --requires two --conflicts other:thing -n 'Adds three.'
change three
deploy clean
deploy pending --to-change one

# A script that fails leaves the change unrecorded.
printf 'SELECT nothing;\n' > deploy/three.sql
deploy failed
change three

# A change that is written again: the old script gets the name of the tag.
sqitch tag v1.1 -n 'The second.'
rm -rf "$here/flip" && cp -r . "$here/flip"
sqitch rework two -n 'Two, again.'
printf 'ALTER TABLE two ADD name TEXT;\n' > deploy/two.sql
deploy reworked
rm -rf "$here/again" && cp -r . "$here/again"
