# sql-migrate, as Debian packages it: https://github.com/rubenv/sql-migrate
databases="sqlite postgres mariadb"
bring() {
    command -v sql-migrate >/dev/null || apt-get install -y -qq sql-migrate >/dev/null
    version="sql-migrate $(dpkg-query -W -f '${Version}' sql-migrate | sed 's/-.*//')"
}
sql_migrate() {
    case $KIND in
    sqlite) dialect=sqlite3 source=$FILE ;;
    postgres) dialect=postgres source="$URL?sslmode=disable" ;;
    mariadb) dialect=mysql source="guard:guard@tcp($HOST:$PORT)/$NAME?parseTime=true" ;;
    esac
    printf 'development:\n  dialect: %s\n  datasource: %s\n  dir: migrations\n' "$dialect" "$source" >dbconfig.yml
    sql-migrate "$1" -config=dbconfig.yml -env=development
}
migrate() { sql_migrate up; }
status() { sql_migrate status; }
