const { KIND, HOST, PORT, DBUSER, PASSWORD, NAME, FILE } = process.env;
const server = { host: HOST, port: Number(PORT), user: DBUSER, password: PASSWORD, database: NAME };

async function main() {
    const name = { sqlite: "better-sqlite3", postgres: "node-postgres", mariadb: "mysql2" }[KIND];
    const { drizzle } = require(`drizzle-orm/${name}`);
    const { migrate } = require(`drizzle-orm/${name}/migrator`);
    const client = {
        sqlite: () => new (require("better-sqlite3"))(FILE),
        postgres: () => new (require("pg").Pool)(server),
        mariadb: () => require("mysql2/promise").createConnection(server),
    };
    await migrate(drizzle({ client: await client[KIND]() }), { migrationsFolder: "drizzle" });
}
main().then(
    () => process.exit(0),
    (error) => {
        console.error(error);
        process.exit(1);
    },
);
