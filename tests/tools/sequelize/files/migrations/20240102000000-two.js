module.exports = {
    up: (queryInterface) => queryInterface.sequelize.query("CREATE TABLE two (id INTEGER PRIMARY KEY)"),
    down: (queryInterface) => queryInterface.dropTable("two"),
};
