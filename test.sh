#!/bin/sh
# Runs every test. Installs quietly what it needs and can have; says loudly what it cannot.
#     ./test.sh [ARGUMENTS OF cargo test]
#     ./test.sh --regenerate TOOL...   makes the kept ledgers under tests/tools anew, with the real tools
set -eu
cd "$(dirname "$0")"

heading() { printf '\n== %s\n' "$1"; }

# bring PACKAGE: tries to install it; whether it is there afterwards, the caller sees.
bring() {
    if [ "$(id -u)" = 0 ]; then root=; else root="sudo -n"; fi
    for install in "apt-get install -y -qq" "dnf install -y -q" "apk add -q" "pacman -S --noconfirm -q"; do
        command -v "${install%% *}" >/dev/null 2>&1 || continue
        echo "installing $1"
        if [ "${install%% *}" = apt-get ]; then $root apt-get update -qq >/dev/null 2>&1 || true; fi
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive $root $install "$1" >/dev/null 2>&1 </dev/null || true
        return
    done
}

# need PROGRAM [PACKAGE]: there afterwards, or 1.
need() {
    command -v "$1" >/dev/null 2>&1 || bring "${2:-$1}"
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

# The tests start PostgreSQL servers of their own, and make certificates for them.
has_postgres() {
    for dir in $(printf '%s' "$PATH" | tr : ' ') /usr/lib/postgresql/*/bin /usr/libexec/postgresql*/; do
        [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && return 0
    done
    return 1
}
# Debian and Alpine call the server postgresql, Fedora postgresql-server.
for package in postgresql postgresql-server; do
    has_postgres || bring "$package"
done
has_postgres || {
    echo "error: PostgreSQL's programs (initdb, postgres) are not there and cannot be installed" >&2
    exit 2
}
# The same for MariaDB. The package may start a service of the system, which nobody needs.
has_mariadb() {
    for program in mariadbd mariadb mariadb-admin mariadb-install-db; do
        found=
        for dir in $(printf '%s' "$PATH" | tr : ' ') /usr/sbin /usr/libexec /usr/local/sbin /opt/homebrew/opt/mariadb/bin; do
            [ -x "$dir/$program" ] && found=yes
        done
        [ -n "$found" ] || return 1
    done
}
if ! has_mariadb; then
    # Debian and Fedora call it mariadb-server, Alpine and Arch mariadb, with the client beside it.
    for package in mariadb-server mariadb mariadb-client; do
        has_mariadb || bring "$package"
    done
    for stop in "systemctl stop mariadb" "service mariadb stop"; do
        command -v "${stop%% *}" >/dev/null 2>&1 || continue
        # shellcheck disable=SC2086
        if [ "$(id -u)" = 0 ]; then $stop; else sudo -n $stop; fi >/dev/null 2>&1 </dev/null || true
    done
fi
has_mariadb || {
    echo "error: MariaDB's programs (mariadbd, mariadb-install-db) are not there and cannot be installed" >&2
    exit 2
}
# PgBouncer, through which tests/databases/postgres/pooler.rs asks. Its package may start a service, too.
has_pgbouncer() {
    for dir in $(printf '%s' "$PATH" | tr : ' ') /usr/sbin /usr/local/sbin; do
        [ -x "$dir/pgbouncer" ] && return 0
    done
    return 1
}
if ! has_pgbouncer; then
    bring pgbouncer
    for stop in "systemctl stop pgbouncer" "service pgbouncer stop"; do
        command -v "${stop%% *}" >/dev/null 2>&1 || continue
        # shellcheck disable=SC2086
        if [ "$(id -u)" = 0 ]; then $stop; else sudo -n $stop; fi >/dev/null 2>&1 </dev/null || true
    done
fi
has_pgbouncer || {
    echo "error: pgbouncer is not there and cannot be installed" >&2
    exit 2
}
if [ "${1:-}" = --regenerate ]; then
    shift
    for program in python3 npm mariadb-dump; do
        need "$program" || echo "error: $program is not there and cannot be installed" >&2
    done
    exec tests/tools/make.sh "$@"
fi
need openssl || {
    echo "error: openssl is not there and cannot be installed" >&2
    exit 2
}

# The hook managers, with which tests/managers.rs works, come from their own registries.
need python3 || true
need npm || true
if command -v python3 >/dev/null 2>&1 && ! python3 -c 'import ensurepip' >/dev/null 2>&1; then
    bring python3-venv
fi

heading "cargo test"
cargo test --locked "$@" </dev/null

heading "shellcheck"
if need shellcheck; then
    # The shims have a place for a path, which is no mistake.
    shellcheck install.sh test.sh benches/run.sh tests/majors/install.sh tests/managers/install.sh tests/tools/make.sh .ci/run hooks/*
    # A recipe is read by make.sh, which sets what it uses and uses what it sets.
    shellcheck --shell=sh --exclude=SC2034,SC2154 tests/tools/*/recipe.sh
    shellcheck tests/tools/*/own.sh
    echo "no mistakes"
elif [ "${CI:-}" = true ]; then
    echo "error: shellcheck is not there and cannot be installed, so the scripts were not checked" >&2
    exit 2
else
    echo "SKIPPED: shellcheck is not there and cannot be installed; the scripts were not checked" >&2
fi
