exports.up = (knex) => knex.schema.raw("CREATE TABLE two (id INTEGER PRIMARY KEY)");
exports.down = (knex) => knex.schema.dropTable("two");
