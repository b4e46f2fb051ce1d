const { KIND, HOST, PORT, DBUSER, PASSWORD, NAME, FILE } = process.env;
const server = { host: HOST, port: Number(PORT), username: DBUSER, password: PASSWORD, database: NAME };
const config = {
    dialect: { sqlite: "sqlite", postgres: "postgres", mariadb: "mysql" }[KIND],
    ...(KIND === "sqlite" ? { storage: FILE } : server),
};

module.exports = { development: config, test: config };
