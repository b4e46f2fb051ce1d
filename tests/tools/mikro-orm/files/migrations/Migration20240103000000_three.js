const { Migration } = require("@mikro-orm/migrations");

class Migration20240103000000_three extends Migration {
    async up() {
        this.addSql("CREATE TABLE three (id INTEGER PRIMARY KEY);");
    }

    async down() {
        this.addSql("DROP TABLE three;");
    }
}
exports.Migration20240103000000_three = Migration20240103000000_three;
