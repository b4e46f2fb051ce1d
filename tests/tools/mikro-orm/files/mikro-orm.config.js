const { KIND, HOST, PORT, DBUSER, PASSWORD, NAME, FILE } = process.env;
const { Migrator } = require("@mikro-orm/migrations");
const driver = {
    sqlite: () => require("@mikro-orm/sqlite").SqliteDriver,
    postgres: () => require("@mikro-orm/postgresql").PostgreSqlDriver,
    mariadb: () => require("@mikro-orm/mariadb").MariaDbDriver,
}[KIND]();
const server = { host: HOST, port: Number(PORT), user: DBUSER, password: PASSWORD, dbName: NAME };
const { EntitySchema } = require("@mikro-orm/core");
const One = new EntitySchema({ name: "One", properties: { id: { type: "number", primary: true } } });

module.exports = {
    driver,
    entities: [One],
    extensions: [Migrator],
    ...(KIND === "sqlite" ? { dbName: FILE } : server),
    migrations: { path: "./migrations", snapshot: false },
};
