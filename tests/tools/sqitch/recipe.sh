# Sqitch, as Debian packages it: https://sqitch.org
databases="sqlite postgres mariadb"
checksums=yes
bring() {
    { command -v sqitch && perl -MDBD::SQLite -MDBD::Pg -MDBD::mysql -e1; } >/dev/null 2>&1 ||
        apt-get install -y -qq sqitch libdbd-sqlite3-perl libdbd-pg-perl libdbd-mysql-perl sqlite3 >/dev/null
    version="Sqitch $(command sqitch --version | sed 's/.* v//')"
}
# Where the registry may lie in the same database, it does.
sqitch() {
    case $KIND in
    sqlite) registry=$FILE target=db:sqlite:$FILE-target ;;
    postgres) registry=sqitch target=db:pg://$DBUSER:$PASSWORD@$HOST:$PORT/$NAME ;;
    mariadb) registry=$NAME target=db:mysql://$DBUSER:$PASSWORD@$HOST:$PORT/$NAME ;;
    esac
    words=$1
    shift
    HOME=$TOOL SQITCH_FULLNAME="Ann B" SQITCH_EMAIL=ann@example.com command sqitch "$words" \
        --registry "$registry" --target "$target" "$@"
}
migrate() { sqitch deploy --mode change; }
status() { sqitch status; }
