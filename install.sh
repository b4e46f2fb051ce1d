#!/bin/sh
# Builds guard from this directory and puts it into a prefix; then shows what it does.
set -eu

usage() {
    cat <<'END'
usage: ./install.sh [--prefix DIR] [--repo DIR]

Builds guard with the dependencies of Cargo.lock, and puts into the prefix: bin/guard, bin/migguard (the same),
the manual page and completions for bash, zsh and fish. Then runs `guard demo`.

  --prefix DIR   where to put it (default: ~/.local)
  --repo DIR     run `guard init` in this repository, instead of the demo
  --help         this text

To take it away again: ./install.sh --prefix DIR --remove
END
}

fail() {
    echo "error: $1" >&2
    shift
    for step in "$@"; do
        echo "  fix: $step" >&2
    done
    exit 2
}

prefix=${HOME:-}/.local
repo=
remove=
while [ $# -gt 0 ]; do
    case $1 in
    --prefix | --repo)
        [ $# -ge 2 ] || fail "$1 needs a directory" "./install.sh $1 DIR"
        if [ "$1" = --prefix ]; then prefix=$2; else repo=$2; fi
        shift
        ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --repo=*) repo=${1#--repo=} ;;
    --remove) remove=yes ;;
    -h | --help)
        usage
        exit 0
        ;;
    *) fail "there is no option $1" "./install.sh --help" ;;
    esac
    shift
done
case $prefix in
/*) ;;
*) prefix=$(pwd)/$prefix ;;
esac

bin=$prefix/bin
man=$prefix/share/man/man1/guard.1
bash_file=$prefix/share/bash-completion/completions/guard
zsh_file=$prefix/share/zsh/site-functions/_guard
fish_file=$prefix/share/fish/vendor_completions.d/guard.fish

if [ -n "$remove" ]; then
    for file in "$bin/guard" "$bin/migguard" "$man" "$bash_file" "$zsh_file" "$fish_file"; do
        if [ -e "$file" ] || [ -L "$file" ]; then
            rm -f "$file"
            echo "removed: $file"
        fi
    done
    exit 0
fi

if [ -n "$repo" ]; then
    [ -d "$repo" ] || fail "the directory $repo does not exist" "name a git repository with --repo DIR"
    repo=$(cd "$repo" && pwd)
fi
cd "$(dirname "$0")"
command -v cargo >/dev/null 2>&1 ||
    fail "cargo is not in PATH, and guard is built with it" "install Rust: see rustup.rs, or your system's package (rust, cargo)"
command -v "${CC:-cc}" >/dev/null 2>&1 ||
    fail "there is no C compiler (${CC:-cc}); libgit2 and SQLite are built with one" \
        "install one: apt-get install build-essential, dnf install gcc, apk add build-base, or xcode-select --install"
command -v git >/dev/null 2>&1 || fail "git is not in PATH" "install git"

echo "building guard; the first time takes some minutes ..."
cargo build --release --locked --bin guard
built=${CARGO_TARGET_DIR:-target}/release/guard

# Written beside the old one and renamed over it: a commit at this moment finds one or the other.
put() {
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2.new"
    mv "$2.new" "$2"
    echo "installed: $2"
}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$built" man >"$made/man"
for shell in bash zsh fish; do
    "$built" completions "$shell" >"$made/$shell"
done
put "$built" "$bin/guard"
ln -sf guard "$bin/migguard"
echo "installed: $bin/migguard (the same)"
put "$made/man" "$man"
put "$made/bash" "$bash_file"
put "$made/zsh" "$zsh_file"
put "$made/fish" "$fish_file"

found=$(command -v guard || true)
if [ "$found" != "$bin/guard" ]; then
    if [ -n "$found" ]; then
        echo "note: in PATH there is another guard before this one: $found"
    fi
    # The variable is for the shell that reads the line later.
    # shellcheck disable=SC2016
    printf 'note: add it to PATH: export PATH="%s:$PATH"\n' "$bin"
fi
echo
if [ -n "$repo" ]; then
    "$bin/guard" -C "$repo" init
else
    "$bin/guard" demo
fi
