#!/bin/sh
# Makes the kept ledgers of migration tools anew, each with the real tool: tests/tools/make.sh TOOL...
#
# A tool's folder has the files of a repository with three migrations (`files`; the names hold one, two and three), what
# is otherwise when only some of them are there (`with/13`, `with/failing` ...), and `recipe.sh`, which sets
#     databases   those of sqlite, postgres and mariadb that the tool works on
#     checksums   set where the ledger keeps what was in the files
#     chained     set where no migration can come late
# and has the functions
#     bring       installs the tool into the current directory, which lasts, and sets `version`
#     migrate     applies what is pending; the current directory is the repository
#     status      says what the tool thinks of the migrations; left out where it has no such command
# A tool may have `own.sh` besides, which makes ledgers in states of its own.
# They find the database in KIND, FILE (SQLite), HOST, PORT, SOCKET, DBUSER, PASSWORD, NAME and URL, and what was installed in TOOL.
# It leaves DATABASE.sql, the database in each state, and DATABASE.status, what the tool said and how it ended.
#
# It needs the registries, PostgreSQL's and MariaDB's programs, python3. `GUARD_TEST_CACHE` names a directory where tools stay installed.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC NO_COLOR=1 CI=true
tools=$(cd "$(dirname "$0")" && pwd)
cache=${GUARD_TEST_CACHE:-$tools/../../target}/tools
[ $# -gt 0 ] || {
    echo "make.sh: name the tools; there are recipes for" "$tools"/*/recipe.sh | sed "s|$tools/\([^ ]*\)/recipe.sh|\1|g" >&2
    exit 2
}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd -P)
servers=$(mktemp -d)
chmod 755 "$servers"
postgres_pid=
mariadb_pid=

finish() {
    for pid in $postgres_pid $mariadb_pid; do
        kill -TERM "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$servers"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# Servers refuse to run as root.
as_nobody() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}

# The first of 100 tries that succeeds.
await() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || return 1
        sleep 0.2
    done
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_postgres() {
    [ -z "$postgres_pid" ] || return 0
    for dir in /usr/lib/postgresql/*/bin /usr/libexec/postgresql*; do
        if [ -x "$dir/initdb" ]; then PATH=$dir:$PATH; fi
    done
    mkdir "$servers/postgres"
    chmod 777 "$servers/postgres"
    as_nobody initdb -D "$servers/postgres/data" -U guard -A trust -E UTF8 --no-locale -N >"$servers/log"
    postgres_port=$(free_port)
    as_nobody postgres -D "$servers/postgres/data" -p "$postgres_port" -k "$servers/postgres" -c fsync=off \
        -c listen_addresses=127.0.0.1 >>"$servers/log" 2>&1 </dev/null &
    postgres_pid=$!
    await psql -h "$servers/postgres" -p "$postgres_port" -U guard -d postgres -c 'SELECT 1' || { cat "$servers/log"; exit 1; }
}

start_mariadb() {
    [ -z "$mariadb_pid" ] || return 0
    mkdir "$servers/mariadb"
    chmod 777 "$servers/mariadb"
    as_nobody mariadb-install-db --no-defaults --datadir="$servers/mariadb/data" --auth-root-authentication-method=normal \
        --skip-test-db >"$servers/log" 2>&1 || { cat "$servers/log"; exit 1; }
    mariadb_port=$(free_port)
    as_nobody "$(command -v mariadbd || echo /usr/sbin/mariadbd)" --no-defaults --datadir="$servers/mariadb/data" \
        --socket="$servers/mariadb/socket" --port="$mariadb_port" --bind-address=127.0.0.1 --skip-log-bin \
        --innodb-flush-log-at-trx-commit=0 >>"$servers/log" 2>&1 </dev/null &
    mariadb_pid=$!
    await root_mariadb -e 'SELECT 1' || { cat "$servers/log"; exit 1; }
    root_mariadb -e "CREATE USER guard@'%' IDENTIFIED BY 'guard'; GRANT ALL ON *.* TO guard@'%'; DROP USER IF EXISTS ''@localhost;
        DROP USER IF EXISTS ''@'$(hostname)'"
}

root_mariadb() { mariadb --no-defaults -S "$servers/mariadb/socket" -u root "$@"; }

# An empty database.
fresh() {
    HOST=127.0.0.1 DBUSER=guard PASSWORD=guard NAME=guard FILE=$work/dev.db
    case $KIND in
    sqlite)
        rm -f "$FILE" "$FILE"-*
        URL=sqlite:$FILE PORT=
        ;;
    postgres)
        PORT=$postgres_port SOCKET=$servers/postgres URL=postgres://guard:guard@127.0.0.1:$postgres_port/guard
        psql -q -h "$SOCKET" -p "$PORT" -U guard -d postgres -c 'DROP DATABASE IF EXISTS guard WITH (FORCE)' \
            -c 'CREATE DATABASE guard TEMPLATE template0' 2>/dev/null
        ;;
    mariadb)
        PORT=$mariadb_port SOCKET=$servers/mariadb/socket URL=mysql://guard:guard@127.0.0.1:$mariadb_port/guard
        root_mariadb -e 'DROP DATABASE IF EXISTS guard; CREATE DATABASE guard CHARACTER SET utf8mb4'
        ;;
    esac
    export HOST DBUSER PASSWORD NAME FILE URL PORT SOCKET KIND
}

engine_version() {
    case $KIND in
    sqlite) python3 -c 'import sqlite3; print("SQLite", sqlite3.sqlite_version)' ;;
    postgres) echo "PostgreSQL $(psql -h "$SOCKET" -p "$PORT" -U guard -d guard -Atc 'SHOW server_version' | cut -d' ' -f1)" ;;
    mariadb) echo "MariaDB $(root_mariadb -BNe 'SELECT version()' | cut -d- -f1)" ;;
    esac
}

# The database as statements, without what only sets the session.
dump() {
    case $KIND in
    sqlite) python3 "$tools/dump.py" "$FILE" ;;
    postgres)
        pg_dump -h "$SOCKET" -p "$PORT" -U guard -d guard --inserts --no-owner --no-privileges |
            grep -vE '^(--|SET |\\|$|SELECT pg_catalog.set_config)'
        ;;
    mariadb)
        mariadb-dump --no-defaults -S "$servers/mariadb/socket" -u root --skip-comments --skip-extended-insert \
            --skip-add-drop-table --skip-triggers --skip-add-locks --skip-disable-keys --hex-blob guard | grep -vE '^(/\*M?!.*|-- .*|)$'
        ;;
    esac
}

# put NUMBERS: the repository with these migrations, and what belongs to all or to just these. `failing` is all, the third of
# which fails.
put() {
    case $1 in failing) numbers=123 ;; *) numbers=$1 ;; esac
    (cd "$work" && find . -mindepth 1 -maxdepth 1 ! -name 'dev.db*' ! -name node_modules -exec rm -rf {} +)
    (cd "$here/files" && find . -type f) | while read -r file; do
        number=$(printf '%s' "$file" | sed -n 's/.*one.*/1/p; s/.*two.*/2/p; s/.*three.*/3/p')
        case $numbers in *${number:-$numbers}*) copy "$here/files" "$file" ;; esac
    done
    for extra in "$here/with/$numbers" "$here/with/$1" "$here/on/$KIND"; do
        [ ! -d "$extra" ] || (cd "$extra" && find . -type f) | while read -r file; do copy "$extra" "$file"; done
    done
}

copy() {
    mkdir -p "$work/$(dirname "$2")"
    cp "$1/$2" "$work/$2"
}

# What is not the same on another machine or another day is not kept.
plain() {
    sed -e 's/\x1b\[[0-9;]*[A-Za-z]//g' -e "s|$work|.|g" -e "s|$cache|TOOLS|g" -e "s|:${PORT:-no port}|:PORT|g" -e 's/[[:space:]]*$//' \
        -e '/^    at /d' -e '/^Starting Liquibase at /d'
}

# run WORDS...: in the repository. What was said stands in $servers/said.
run() { (cd "$work" && "$@" >"$servers/said" 2>&1 </dev/null); }

must() {
    run "$@" || {
        plain <"$servers/said" >&2
        echo "make.sh: $tool on $KIND: $* failed" >&2
        exit 1
    }
}

keep() {
    {
        echo "-- == $1"
        dump
    } >>"$sql"
}

ask() {
    command -v status >/dev/null 2>&1 || return 0
    code=0
    run status || code=$?
    {
        echo "== $1: exit $code"
        plain <"$servers/said"
    } >>"$said"
}

# Each state by the tool's own means.
states() {
    fresh
    put 123
    must migrate
    keep clean
    ask clean
    one=$(cd "$work" && find . -type f -path '*one*' ! -name '*rollback*' ! -name '*down.sql' ! -path './node_modules/*' | head -n 1)
    sed -i 's/INTEGER/BIGINT/' "$work/$one"
    ask edited
    put 12
    ask deleted

    fresh
    put 12
    must migrate
    put 123
    keep pending
    ask pending

    fresh
    put 12
    must migrate
    put failing
    if run migrate; then
        plain <"$servers/said" >&2
        echo "make.sh: $tool on $KIND: the failing migration does not fail" >&2
        exit 1
    fi
    keep failed
    ask failed

    if [ -n "${checksums:-}" ]; then
        fresh
        put 123
        find "$work" -name '*.sql' -exec sed -i 's/$/\r/' {} +
        must migrate
        keep crlf
    fi

    [ -z "${chained:-}" ] || return 0
    fresh
    put 13
    must migrate
    put 123
    keep late
    ask late
    # Some ledgers know the second only.
    sleep 1.1
    code=0
    run migrate || code=$?
    keep late-migrated
    ask late-migrated
}

# Installs drivers of databases for programs in JavaScript, once for all of them: node looks for packages in the directories above.
drivers() {
    [ -d "$cache/node_modules/mysql2" ] ||
        npm install --silent --no-audit --no-fund --prefix "$cache" better-sqlite3@12 sqlite3@5 pg@8 mysql2@3 >&2
}

packages() {
    drivers
    [ -d node_modules ] || npm install --silent --no-audit --no-fund --prefix "$PWD" "$@" >&2
}

for tool; do
    here=$tools/$tool
    [ -f "$here/recipe.sh" ] || {
        echo "make.sh: there is no recipe for $tool" >&2
        exit 2
    }
    TOOL=$cache/$tool work=$cache/$tool/work
    export TOOL
    mkdir -p "$work"
    cd "$TOOL"
    unset -f bring migrate status
    chained='' checksums='' version=''
    # shellcheck source=/dev/null
    . "$here/recipe.sh"
    bring
    for KIND in ${databases:?the recipe says on which databases the tool works}; do
        case ${GUARD_TEST_ONLY:-$KIND} in *$KIND*) ;; *) continue ;; esac
        echo "$tool: $version on $KIND"
        case $KIND in postgres) start_postgres ;; mariadb) start_mariadb ;; esac
        fresh
        sql=$servers/$KIND.sql said=$servers/$KIND.status
        echo "-- $version on $(engine_version)" >"$sql"
        : >"$said"
        states
        cp "$sql" "$here/$KIND.sql"
        if [ -s "$said" ]; then cp "$said" "$here/$KIND.status"; fi
    done
    # Ledgers in states that no other tool has.
    if [ -f "$here/own.sh" ]; then
        case " $databases " in *" postgres "*) start_postgres ;; esac
        PGHOST=127.0.0.1 PGPORT=${postgres_port:-} PGUSER=guard sh "$here/own.sh"
    fi
done
