exports.up = (knex) => knex.schema.raw("CREATE TABLE three (id INTEGER PRIMARY KEY)");
exports.down = (knex) => knex.schema.dropTable("three");
