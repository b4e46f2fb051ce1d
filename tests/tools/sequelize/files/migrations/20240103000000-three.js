module.exports = {
    up: (queryInterface) => queryInterface.sequelize.query("CREATE TABLE three (id INTEGER PRIMARY KEY)"),
    down: (queryInterface) => queryInterface.dropTable("three"),
};
