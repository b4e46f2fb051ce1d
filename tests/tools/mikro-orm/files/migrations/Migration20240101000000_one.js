const { Migration } = require("@mikro-orm/migrations");

class Migration20240101000000_one extends Migration {
    async up() {
        this.addSql("CREATE TABLE one (id INTEGER PRIMARY KEY);");
    }

    async down() {
        this.addSql("DROP TABLE one;");
    }
}
exports.Migration20240101000000_one = Migration20240101000000_one;
