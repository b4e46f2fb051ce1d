import { createRequire } from "node:module";
import { defineConfig } from "kysely-ctl";
import { MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";

const require = createRequire(import.meta.url);
const { KIND, HOST, PORT, DBUSER, PASSWORD, NAME, FILE } = process.env;
const server = { host: HOST, port: Number(PORT), user: DBUSER, password: PASSWORD, database: NAME };
const dialects = {
    sqlite: () => new SqliteDialect({ database: new (require("better-sqlite3"))(FILE) }),
    postgres: () => new PostgresDialect({ pool: new (require("pg").Pool)(server) }),
    mariadb: () => new MysqlDialect({ pool: require("mysql2").createPool(server) }),
};

export default defineConfig({
    dialect: dialects[KIND](),
    migrations: { migrationFolder: "migrations", allowJS: true },
});
