module.exports = {
    up: (queryInterface) => queryInterface.sequelize.query("CREATE TABLE one (id INTEGER PRIMARY KEY)"),
    down: (queryInterface) => queryInterface.dropTable("one"),
};
