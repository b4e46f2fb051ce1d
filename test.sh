#!/bin/sh
# Runs every test. Installs quietly what it needs and can have; says loudly what it cannot.
set -eu
cd "$(dirname "$0")"

heading() { printf '\n== %s\n' "$1"; }

# need PROGRAM [PACKAGE]: there afterwards, or 1.
need() {
    command -v "$1" >/dev/null 2>&1 && return 0
    package=${2:-$1}
    if [ "$(id -u)" = 0 ]; then root=; else root="sudo -n"; fi
    for install in "apt-get install -y -qq" "dnf install -y -q" "apk add -q" "pacman -S --noconfirm -q"; do
        command -v "${install%% *}" >/dev/null 2>&1 || continue
        echo "installing $package"
        if [ "${install%% *}" = apt-get ]; then $root apt-get update -qq >/dev/null 2>&1 || true; fi
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive $root $install "$package" >/dev/null 2>&1 </dev/null || true
        break
    done
    command -v "$1" >/dev/null 2>&1
}

for program in cargo cc git; do
    package=$program
    if [ "$program" = cc ]; then package=gcc; fi
    need "$program" "$package" || {
        echo "error: $program is not there and cannot be installed" >&2
        exit 2
    }
done

heading "cargo test"
cargo test --locked "$@" </dev/null

heading "shellcheck"
if need shellcheck; then
    # The shims have a place for a path, which is no mistake.
    shellcheck install.sh test.sh .ci/run hooks/*
    echo "no mistakes"
elif [ "${CI:-}" = true ]; then
    echo "error: shellcheck is not there and cannot be installed, so the scripts were not checked" >&2
    exit 2
else
    echo "SKIPPED: shellcheck is not there and cannot be installed; the scripts were not checked" >&2
fi
