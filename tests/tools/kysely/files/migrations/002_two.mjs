import { sql } from "kysely";

export async function up(db) {
    await sql.raw("CREATE TABLE two (id INTEGER PRIMARY KEY)").execute(db);
}

export async function down(db) {
    await db.schema.dropTable("two").execute();
}
