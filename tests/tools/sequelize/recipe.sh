# Sequelize's command line, with Umzug in it: https://sequelize.org
databases="sqlite postgres mariadb"
bring() { version="sequelize-cli 6.6.5" && packages sequelize@6.37.8 sequelize-cli@6.6.5; }
migrate() { "$TOOL/node_modules/.bin/sequelize-cli" db:migrate; }
status() { "$TOOL/node_modules/.bin/sequelize-cli" db:migrate:status; }
