import { sql } from "kysely";

export async function up(db) {
    await sql.raw("CREATE TABLE three (id INTEGER PRIMARY KEY)").execute(db);
    await sql.raw("INSERT INTO nonsense VALUES (1)").execute(db);
}

export async function down(db) {
    await db.schema.dropTable("three").execute();
}
