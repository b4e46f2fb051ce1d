# Drizzle 1.x, by the migrator of its library: https://orm.drizzle.team
databases="sqlite postgres mariadb"
checksums=1
bring() { version="drizzle-orm 1.0.0-rc.4" && packages drizzle-orm@1.0.0-rc.4; }
# There is no command that says what is applied.
migrate() { node migrate.js; }
