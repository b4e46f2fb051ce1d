//! The built guard in repositories whose ledgers sqlx and others keep in MariaDB, at commits: clean, edited, failed, down.

use super::super::Engine;
use super::MySql;
use crate::support::TestRepo;
use crate::support::mysql::{ENCODED, PASSWORD};

const USERS: &str = "CREATE TABLE users (id BIGINT PRIMARY KEY);\n";
const ORDERS: &str = "CREATE TABLE orders (id BIGINT PRIMARY KEY);\n";

/// Two migrations in the repository and, as sqlx records them, in the database.
fn shop(required: bool) -> (TestRepo, MySql) {
    use sha2::{Digest as _, Sha384};
    let mysql = MySql::fresh();
    let digest =
        |text: &str| -> String { Sha384::digest(text).iter().map(|byte| format!("{byte:02x}")).collect() };
    mysql.run(&format!(
        "{USERS}{ORDERS}
         CREATE TABLE _sqlx_migrations (
             version BIGINT PRIMARY KEY, description TEXT NOT NULL,
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
             success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);
         INSERT INTO _sqlx_migrations VALUES
             (1, 'users', NOW(), TRUE, X'{}', 1), (2, 'orders', NOW(), TRUE, X'{}', 1)",
        digest(USERS),
        digest(ORDERS)
    ));
    let repo = TestRepo::new();
    repo.write("migrations/1_users.sql", USERS);
    repo.write("migrations/2_orders.sql", ORDERS);
    repo.write(".gitignore", ".env\n");
    declare(&repo, "sqlx", "migrations", required);
    let url = mysql.tcp(&format!("native:{ENCODED}"), "ssl-mode=preferred");
    repo.write(".env", format!("DATABASE_URL='{url}'\n"));
    repo.git(&["add", "."]);
    repo.guard(&["install"]).success();
    (repo, mysql)
}

fn declare(repo: &TestRepo, tool: &str, dir: &str, required: bool) {
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"{tool}\"\ndir = \"{dir}\"\n\n[databases.dev]\n\
             url = {{ env-file = \".env\", key = \"DATABASE_URL\" }}\nrequired = {required}\ntimeout = \"10s\"\n\
             at = [\"commit\"]\n"
        ),
    );
}

fn commit(repo: &TestRepo) -> (bool, String) {
    let done = repo.try_git(&["commit", "-q", "-m", "a change"]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!said.contains(PASSWORD) && !said.contains(ENCODED), "{said}");
    (done.status.success(), said)
}

#[test]
fn what_was_applied_goes_through_and_what_was_edited_does_not() {
    let (repo, _mysql) = shop(true);
    let report = repo.guard(&["check", "--format", "json"]).success();
    assert_eq!(report.rules(), [""; 0]);
    assert!(!report.out().contains("hunter2"), "{}", report.out());
    let human = repo.guard(&["check"]).success();
    assert!(human.out().contains("2 ledger rows in 1 database, 2 checksums"), "{}", human.out());
    let (through, said) = commit(&repo);
    assert!(through && said.is_empty(), "{said}");
    repo.write("migrations/1_users.sql", "CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT);\n");
    repo.git(&["add", "."]);
    let found = repo.guard(&["check", "--format", "json"]).code(1).rules();
    assert_eq!(found, ["checksum-mismatch"]);
    assert!(!commit(&repo).0);
    let status = repo.guard(&["status"]);
    assert!(status.out().contains("orders"), "{}{}", status.out(), status.err());
}

#[test]
fn a_migration_that_broke_off_is_said_to_have_failed() {
    let (repo, mysql) = shop(true);
    mysql.run("UPDATE _sqlx_migrations SET success = FALSE, execution_time = -1 WHERE version = 2");
    let report = repo.guard(&["check", "--format", "json"]).code(1);
    assert_eq!(report.rules(), ["failed-migration"], "{}", report.out());
}

/// The statement that the report gives is one that this database understands.
#[test]
fn the_fix_can_be_pasted() {
    let (repo, mysql) = shop(true);
    repo.write("migrations/1_users.sql", "CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT);\n");
    repo.git(&["add", "."]);
    let report = repo.guard(&["check", "--format", "json"]).code(1);
    let statement = report.out();
    let statement = statement.split_once("UPDATE ").unwrap().1.split_once(';').unwrap().0;
    mysql.run(&format!("UPDATE {}", statement.replace("\\\\", "\\")));
    let found = repo.guard(&["check", "--format", "json"]).success().rules();
    assert_eq!(found, [""; 0], "the checksum is that of the file");
}

#[test]
fn a_server_that_is_down_blocks_only_where_it_is_required() {
    for required in [false, true] {
        let (repo, _mysql) = shop(required);
        let port = crate::support::ports::nobody();
        repo.write(".env", format!("DATABASE_URL=mysql://app:{ENCODED}@localhost:{port}/db\n"));
        let (through, said) = commit(&repo);
        assert_eq!(through, !required, "{said}");
        assert!(said.contains("refuses connections"), "{said}");
    }
}

/// On a developer's server lie many programs' databases, each with a ledger of that name.
#[test]
fn a_ledger_of_another_database_is_not_taken_for_ones_own_unless_it_is_named() {
    let (mysql, other) = (MySql::fresh(), MySql::fresh());
    other.run("CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1')");
    mysql.run("CREATE TABLE users (id BIGINT PRIMARY KEY)");
    let repo = TestRepo::new();
    repo.write(
        "db/migrations/1_users.sql",
        format!("-- migrate:up\n{USERS}\n-- migrate:down\nDROP TABLE users;\n"),
    );
    repo.write(".gitignore", ".env\n");
    repo.write(".env", format!("DATABASE_URL='{}'\n", mysql.url()));
    declare(&repo, "dbmate", "db/migrations", true);
    repo.git(&["add", "."]);
    let found = repo.guard(&["check", "--format", "json"]).success();
    assert!(found.out().contains("\"ledger_rows\": 0"), "{}", found.out());
    let config = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    let named = format!("dir = \"db/migrations\"\ntable = \"{}.schema_migrations\"\n", other.database);
    repo.write("guard.toml", config.replace("dir = \"db/migrations\"\n", &named));
    repo.git(&["add", "."]);
    let found = repo.guard(&["check", "--format", "json"]).success();
    assert_eq!(found.rules(), [""; 0], "{}", found.out());
    assert!(found.out().contains("\"ledger_rows\": 1"), "{}", found.out());
}

#[test]
fn a_password_in_the_surroundings_is_not_shown() {
    let (repo, _mysql) = shop(true);
    let mut command = repo.command(env!("CARGO_BIN_EXE_guard"));
    let said = command.arg("config").env("MYSQL_PWD", PASSWORD).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(said.contains("$MYSQL_PWD") && !said.contains(PASSWORD), "{said}");
}

#[test]
fn init_declares_the_database_that_it_finds() {
    let (repo, _mysql) = shop(false);
    std::fs::remove_file(repo.path().join("guard.toml")).unwrap();
    repo.write("Cargo.toml", "[package]\nname = \"shop\"\n[dependencies]\nsqlx = \"0.8\"\n");
    repo.git(&["add", "."]);
    let said = repo.guard(&["init"]).success();
    let written = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    assert!(written.contains("\n[databases.dev] "), "{written}");
    let all = format!("{}{}{written}", said.out(), said.err());
    assert!(all.contains("found: the database mysql://native@localhost:"), "{all}");
    assert!(!all.contains("hunter2"), "{all}");
}

#[test]
fn init_reads_the_file_of_rails() {
    let mysql = MySql::fresh();
    mysql.run("CREATE TABLE schema_migrations (version VARCHAR(255) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20240101000000')");
    let repo = TestRepo::new();
    repo.write("Gemfile", "gem \"rails\"\n");
    repo.write("db/migrate/20240101000000_one.rb", "class One < ActiveRecord::Migration[7.1]\nend\n");
    let socket = mysql.server.file("socket");
    repo.write(
        "config/database.yml",
        format!(
            "default: &default\n  adapter: mysql2\n  username: <%= ENV.fetch(\"SHOP_USER\") {{ \"free\" }} %>\n\
             \u{20} password: hunter2\n  socket: {socket}\n\ndevelopment:\n  <<: *default\n  database: {}\n",
            mysql.database
        ),
    );
    repo.git(&["add", "."]);
    let said = repo.guard(&["init"]).success();
    let all = format!("{}{}", said.out(), said.err());
    assert!(all.contains("development in config/database.yml; username is computed there"), "{all}");
    assert!(all.contains("1 ledger row in 1 database"), "{all}");
    let written = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    assert!(written.contains("url = \"mysql2://free@localhost/"), "{written}");
    assert!(!format!("{all}{written}").contains("hunter2"), "{all}{written}");
}
