# Django: https://www.djangoproject.com
databases="sqlite postgres mariadb"
# A migration names the one before it: none can come late. Squashes and faked ones are in own.sh.
chained=yes
bring() {
    version="Django 5.2.19"
    [ -d venv ] || { python3 -m venv venv && venv/bin/pip install -q Django==5.2.19 psycopg2-binary PyMySQL; }
}
django() {
    DJANGO_SETTINGS_MODULE=settings PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 "$TOOL/venv/bin/python" -m django "$@"
}
migrate() { django migrate --verbosity 0; }
status() { django showmigrations billing; }
