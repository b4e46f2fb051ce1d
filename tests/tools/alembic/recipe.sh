# Alembic: https://alembic.sqlalchemy.org
databases="sqlite postgres mariadb"
# A revision names the one before it: none can come late. Branches are in own.sh.
chained=yes
bring() {
    version="Alembic 1.20.1"
    [ -d venv ] || { python3 -m venv venv && venv/bin/pip install -q alembic==1.20.1 psycopg2-binary PyMySQL; }
}
alembic() {
    case $KIND in
    sqlite) url=sqlite:///$FILE ;;
    postgres) url=postgresql+psycopg2://$DBUSER:$PASSWORD@$HOST:$PORT/$NAME ;;
    mariadb) url=mysql+pymysql://$DBUSER:$PASSWORD@$HOST:$PORT/$NAME ;;
    esac
    DATABASE_URL=$url PYTHONDONTWRITEBYTECODE=1 "$TOOL/venv/bin/alembic" "$@"
}
migrate() { alembic upgrade heads; }
status() { alembic history -i -r current:heads; }
