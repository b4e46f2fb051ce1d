const { KIND, HOST, PORT, DBUSER, PASSWORD, NAME, FILE } = process.env;
const server = { host: HOST, port: Number(PORT), user: DBUSER, password: PASSWORD, database: NAME };

module.exports = {
    client: { sqlite: "better-sqlite3", postgres: "pg", mariadb: "mysql2" }[KIND],
    connection: KIND === "sqlite" ? { filename: FILE } : server,
    migrations: { directory: "./migrations" },
    useNullAsDefault: true,
};
