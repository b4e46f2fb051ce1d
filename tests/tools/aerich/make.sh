#!/bin/sh
# Makes clean.sql and gap.sql anew with the real aerich, on SQLite. Needs python3 and PyPI.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=0.10.1
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "aerich==$version" tortoise-orm
cat > "$work/settings.py" <<'PYTHON'
import os
TORTOISE_ORM = {
    "connections": {"default": "sqlite://" + os.environ["FILE"]},
    "apps": {"models": {"models": ["models", "aerich.models"], "default_connection": "default"}},
}
PYTHON
cat > "$work/models.py" <<'PYTHON'
from tortoise import fields, models


class One(models.Model):
    id = fields.IntField(primary_key=True)
PYTHON
printf '[tool.aerich]\ntortoise_orm = "settings.TORTOISE_ORM"\nlocation = "./migrations"\nsrc_folder = "./."\n' \
    > "$work/pyproject.toml"
upgrade() { (cd "$work" && FILE="$work/$1.db" PYTHONPATH="$work" venv/bin/aerich upgrade); }

cp -r "$here/migrations" "$work"
upgrade clean
python3 "$here/../dump.py" "$work/clean.db" "aerich $version: all three" > "$here/clean.sql"

# The second one came later than the third.
rm "$work"/migrations/models/1_*
upgrade gap
python3 "$here/../dump.py" "$work/gap.db" "aerich $version: the first and the third" > "$here/gap.sql"
