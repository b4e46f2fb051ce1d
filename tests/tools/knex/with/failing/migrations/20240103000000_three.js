exports.up = async (knex) => {
    await knex.schema.raw("CREATE TABLE three (id INTEGER PRIMARY KEY)");
    await knex.schema.raw("INSERT INTO nonsense VALUES (1)");
};
exports.down = (knex) => knex.schema.dropTable("three");
