const { DataSource } = require("typeorm");
const { KIND, HOST, PORT, DBUSER, PASSWORD, NAME, FILE } = process.env;
const server = { host: HOST, port: Number(PORT), username: DBUSER, password: PASSWORD, database: NAME };

module.exports = new DataSource({
    type: { sqlite: "better-sqlite3", postgres: "postgres", mariadb: "mariadb" }[KIND],
    ...(KIND === "sqlite" ? { database: FILE } : server),
    migrations: ["migrations/*.js"],
});
