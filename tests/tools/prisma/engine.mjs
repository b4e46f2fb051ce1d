// What `prisma migrate deploy` and `prisma migrate status` ask of the engine.
import fs from "node:fs";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { SchemaEngine } from "@prisma/schema-engine-wasm";

const { KIND, FILE, URL: url } = process.env;
const base = "prisma/migrations";
const provider = KIND === "sqlite" ? "sqlite" : "postgresql";
const adapter = KIND === "sqlite" ? new PrismaBetterSqlite3({ url: `file:${FILE}` }) : new PrismaPg({ connectionString: url });
const factory = bindMigrationAwareSqlAdapterFactory(adapter);
const schema = `datasource db {\n  provider = "${provider}"\n}\n`;
const engine = await SchemaEngine.new({ datamodels: [["schema.prisma", schema]] }, () => {}, factory);
const folders = fs.readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const migrationsList = {
    baseDir: base,
    lockfile: { path: "migration_lock.toml", content: `provider = "${provider}"\n` },
    shadowDbInitScript: "",
    migrationDirectories: folders.map(({ name }) => name).sort().map((path) => ({
        path,
        migrationFile: {
            path: "migration.sql",
            content: { tag: "ok", value: fs.readFileSync(`${base}/${path}/migration.sql`, "utf8") },
        },
    })),
};
const filters = { externalTables: [], externalEnums: [] };
try {
    const answer =
        process.argv[2] === "deploy"
            ? await engine.applyMigrations({ migrationsList, filters })
            : await engine.diagnoseMigrationHistory({ migrationsList, filters, optInToShadowDatabase: false });
    console.log(JSON.stringify(answer, null, 2));
    process.exit(0);
} catch (error) {
    console.error(String(error.message ?? error), JSON.stringify(factory.errorRegistry?.consumeError?.(0) ?? null));
    process.exit(1);
}
