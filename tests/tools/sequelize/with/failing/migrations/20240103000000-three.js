module.exports = {
    up: async (queryInterface) => {
        await queryInterface.sequelize.query("CREATE TABLE three (id INTEGER PRIMARY KEY)");
        await queryInterface.sequelize.query("INSERT INTO nonsense VALUES (1)");
    },
    down: (queryInterface) => queryInterface.dropTable("three"),
};
