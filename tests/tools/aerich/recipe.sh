# aerich, for Tortoise ORM: https://github.com/tortoise/aerich
databases="sqlite postgres mariadb"
bring() {
    version="aerich 0.10.1"
    [ -d venv ] || { python3 -m venv venv && venv/bin/pip install -q aerich==0.10.1 tortoise-orm==1.1.9 asyncpg asyncmy; }
}
aerich() {
    case $KIND in
    sqlite) url=sqlite://$FILE ;;
    postgres) url=asyncpg://guard:guard@$HOST:$PORT/$NAME ;;
    mariadb) url=mysql://guard:guard@$HOST:$PORT/$NAME ;;
    esac
    TORTOISE_URL=$url PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 "$TOOL/venv/bin/aerich" "$@"
}
migrate() { aerich upgrade; }
status() { aerich heads; }
