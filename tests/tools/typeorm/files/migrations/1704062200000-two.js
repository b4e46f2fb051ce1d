module.exports = class Two1704062200000 {
    async up(queryRunner) {
        await queryRunner.query("CREATE TABLE two (id INTEGER PRIMARY KEY)");
    }

    async down(queryRunner) {
        await queryRunner.query("DROP TABLE two");
    }
};
