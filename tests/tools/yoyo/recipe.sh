# yoyo: https://ollycope.com/software/yoyo
databases="sqlite postgres mariadb"
bring() {
    version="yoyo-migrations 9.0.0"
    [ -d venv ] || { python3 -m venv venv && venv/bin/pip install -q yoyo-migrations==9.0.0 setuptools psycopg2-binary pymysql; }
}
yoyo() {
    case $KIND in
    sqlite) url=sqlite:///$FILE ;;
    postgres) url=postgresql://guard:guard@$HOST:$PORT/$NAME ;;
    mariadb) url=mysql://guard:guard@$HOST:$PORT/$NAME ;;
    esac
    "$TOOL/venv/bin/yoyo" "$1" --no-config-file --batch -d "$url" migrations
}
migrate() { yoyo apply; }
status() { yoyo list; }
