import os

import pymysql

# The version of mysqlclient that it stands in for.
pymysql.version_info = (2, 2, 1, "final", 0)
pymysql.install_as_MySQLdb()

SECRET_KEY = "none"
INSTALLED_APPS = ["django.contrib.contenttypes", "billing"]
USE_TZ = True
KIND = os.environ["KIND"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends." + {"sqlite": "sqlite3", "postgres": "postgresql", "mariadb": "mysql"}[KIND],
        "NAME": os.environ["FILE"] if KIND == "sqlite" else os.environ["NAME"],
        "HOST": os.environ["HOST"],
        "PORT": os.environ["PORT"],
        "USER": os.environ["DBUSER"],
        "PASSWORD": os.environ["PASSWORD"],
    }
}
