module.exports = class Three1704063200000 {
    async up(queryRunner) {
        await queryRunner.query("CREATE TABLE three (id INTEGER PRIMARY KEY)");
    }

    async down(queryRunner) {
        await queryRunner.query("DROP TABLE three");
    }
};
