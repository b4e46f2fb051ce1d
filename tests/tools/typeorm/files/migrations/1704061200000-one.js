module.exports = class One1704061200000 {
    async up(queryRunner) {
        await queryRunner.query("CREATE TABLE one (id INTEGER PRIMARY KEY)");
    }

    async down(queryRunner) {
        await queryRunner.query("DROP TABLE one");
    }
};
