exports.up = (knex) => knex.schema.raw("CREATE TABLE one (id INTEGER PRIMARY KEY)");
exports.down = (knex) => knex.schema.dropTable("one");
