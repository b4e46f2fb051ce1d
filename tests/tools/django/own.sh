#!/bin/sh
# Makes ledgers with squashes and faked migrations with the real Django, on SQLite. make.sh calls it, with the tool in TOOL.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$("$TOOL/venv/bin/python" -m django --version)
cp -r "$here/shop" "$work"
app="$work/shop/billing/migrations"
cat > "$work/settings.py" <<END
SECRET_KEY = "none"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop.billing.apps.Billing"]
import os
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["NAME"]}}
USE_TZ = True
END

# django DATABASE WORDS...
django() {
    name="$work/$1.db"
    shift
    (cd "$work" && NAME="$name" DJANGO_SETTINGS_MODULE=settings PYTHONPATH="$work" \
        "$TOOL/venv/bin/python" -m django "$@" --verbosity 0)
}
dump() { python3 "$here/../dump.py" "$work/$1.db" "Django $version: $2" > "$here/$1.sql"; }

django clean migrate
dump clean "all of them"

django pending migrate bills 0001_initial
django pending migrate auth
dump pending "the first of bills only"

django faked migrate --fake
dump faked "all of them recorded, none run"

# The squash runs in place of what it stands for.
cp "$here/squash/0001_squashed_0003_three.py" "$app"
django squashed migrate
dump squashed "a new database with the squash"

