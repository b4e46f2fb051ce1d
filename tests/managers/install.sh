#!/bin/sh
# Installs the hook managers that tests/managers.rs works with, from their registries, into a directory of its own:
#     tests/managers/install.sh DIRECTORY
# Nothing is done where they are already there in these versions. Needs python3 with venv, npm, and the network once.
set -eu

pre_commit=4.7.0
prek=0.5.11
lefthook=2.2.2
husky=9.1.7

cache=${1:?name the directory to install into}
wanted="pre-commit $pre_commit, prek $prek, lefthook $lefthook, husky $husky"
[ "$(cat "$cache/installed" 2>/dev/null)" = "$wanted" ] && exit 0

fail() {
    echo "install.sh: $1" >&2
    exit 1
}
command -v python3 >/dev/null || fail "python3 is not in PATH; pre-commit and prek need it"
command -v npm >/dev/null || fail "npm is not in PATH; lefthook and husky need it"

rm -rf "$cache"
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
python3 -m venv "$cache/python" || fail "python3 cannot make a virtual environment (Debian: apt install python3-venv)"
"$cache/python/bin/pip" install --quiet --disable-pip-version-check \
    "pre-commit==$pre_commit" "prek==$prek" || fail "pip cannot install pre-commit $pre_commit and prek $prek"
# No scripts: lefthook's would install hooks here, and its program comes as a package of its own.
npm install --silent --no-audit --no-fund --no-update-notifier --ignore-scripts --prefix "$cache/node" \
    "lefthook@$lefthook" "husky@$husky" || fail "npm cannot install lefthook $lefthook and husky $husky"
for program in python/bin/pre-commit python/bin/prek node/node_modules/.bin/lefthook node/node_modules/.bin/husky; do
    [ -x "$cache/$program" ] || fail "$program was not installed"
done
echo "$wanted" >"$cache/installed"
