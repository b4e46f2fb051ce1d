# Laravel's migrator, as Debian packages it: https://laravel.com
databases="sqlite postgres mariadb"
bring() {
    [ -d /usr/share/php/Illuminate/Database ] || apt-get install -y -qq --no-install-recommends php-cli php-sqlite3 php-pgsql \
        php-mysql php-illuminate-database php-illuminate-console php-illuminate-events php-illuminate-filesystem >/dev/null
    version="illuminate/database $(dpkg-query -W -f '${Version}' php-illuminate-database | sed 's/[+-].*//')"
}
migrate() { php "$here/laravel.php" migrate; }
status() { php "$here/laravel.php" status; }
