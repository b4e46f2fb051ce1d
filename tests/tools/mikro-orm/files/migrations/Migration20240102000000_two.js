const { Migration } = require("@mikro-orm/migrations");

class Migration20240102000000_two extends Migration {
    async up() {
        this.addSql("CREATE TABLE two (id INTEGER PRIMARY KEY);");
    }

    async down() {
        this.addSql("DROP TABLE two;");
    }
}
exports.Migration20240102000000_two = Migration20240102000000_two;
