# Liquibase: https://www.liquibase.com. npm has the real program, with the drivers for all databases; it wants Java, and the
# driver for SQLite wants slf4j. Other kinds of changelogs are in own.sh.
databases="sqlite postgres mariadb"
checksums=yes
bring() {
    version="Liquibase 4.28.0"
    { command -v java && [ -f /usr/share/java/slf4j-api.jar ]; } >/dev/null ||
        apt-get install -y -qq default-jre-headless libslf4j-java >/dev/null
    [ -d node_modules/liquibase ] ||
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$PWD" liquibase@4.28.0 >&2
}
liquibase() {
    home=$TOOL/node_modules/liquibase/dist/liquibase
    case $KIND in
    sqlite) url=jdbc:sqlite:$FILE ;;
    postgres) url=jdbc:postgresql://$HOST:$PORT/$NAME ;;
    mariadb) url=jdbc:mariadb://$HOST:$PORT/$NAME ;;
    esac
    java -cp "$home/internal/lib/*:$home/lib/*:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar" \
        liquibase.integration.commandline.LiquibaseCommandLine --url="$url" --username="$DBUSER" --password="$PASSWORD" \
        --show-banner=false --changelog-file=db/changelog/master.xml "$@"
}
migrate() { liquibase update; }
status() { liquibase status --verbose; }
