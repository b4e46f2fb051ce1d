//! The built guard in a repository whose ledger sqlx keeps in PostgreSQL, at commits: clean, edited, down.

use super::super::Engine;
use super::Postgres;
use crate::support::TestRepo;
use crate::support::postgres::{ENCODED, PASSWORD};

const USERS: &str = "CREATE TABLE users (id BIGINT PRIMARY KEY);\n";
const ORDERS: &str = "CREATE TABLE orders (id BIGINT PRIMARY KEY);\n";

/// Two migrations in the repository and, as sqlx records them, in the database.
pub(super) fn shop(required: bool) -> (TestRepo, Postgres) {
    let postgres = Postgres::fresh();
    postgres.run(&format!(
        "{USERS}{ORDERS}
         CREATE TABLE _sqlx_migrations (
             version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),
             success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL);
         GRANT SELECT ON _sqlx_migrations TO scram;
         INSERT INTO _sqlx_migrations VALUES
             (1, 'users', now(), TRUE, sha384(convert_to('{USERS}', 'UTF8')), 1),
             (2, 'orders', now(), TRUE, sha384(convert_to('{ORDERS}', 'UTF8')), 1)"
    ));
    let repo = TestRepo::new();
    repo.write("migrations/1_users.sql", USERS);
    repo.write("migrations/2_orders.sql", ORDERS);
    repo.write(".gitignore", ".env\n");
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n\n[databases.dev]\n\
             url = {{ env-file = \".env\", key = \"DATABASE_URL\" }}\nrequired = {required}\ntimeout = \"10s\"\n\
             at = [\"commit\"]\n"
        ),
    );
    let url = postgres.tcp(&format!("scram:{ENCODED}"), "sslmode=prefer&schema=public");
    repo.write(".env", format!("DATABASE_URL='{url}'\n"));
    repo.git(&["add", "."]);
    repo.guard(&["install"]).success();
    (repo, postgres)
}

/// Nobody listens there.
fn down(repo: &TestRepo) {
    let port = crate::support::ports::nobody();
    repo.write(".env", format!("DATABASE_URL=postgres://app:{ENCODED}@localhost:{port}/db\n"));
}

fn commit(repo: &TestRepo) -> (bool, String) {
    let done = repo.try_git(&["commit", "-q", "-m", "a change"]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!said.contains(PASSWORD) && !said.contains(ENCODED), "{said}");
    (done.status.success(), said)
}

#[test]
fn what_was_applied_goes_through_and_what_was_edited_does_not() {
    let (repo, _postgres) = shop(true);
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

/// The statement that the report gives is one that this database understands.
#[test]
fn the_fix_can_be_pasted() {
    let (repo, postgres) = shop(true);
    repo.write("migrations/1_users.sql", "CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT);\n");
    repo.git(&["add", "."]);
    let report = repo.guard(&["check", "--format", "json"]).code(1);
    let statement = report.out();
    let statement = statement.split_once("UPDATE ").unwrap().1.split_once(';').unwrap().0;
    postgres.run(&format!("UPDATE {}", statement.replace("\\\\", "\\")));
    let found = repo.guard(&["check", "--format", "json"]).success().rules();
    assert_eq!(found, [""; 0], "the checksum is that of the file");
}

#[test]
fn a_server_that_is_down_blocks_only_where_it_is_required() {
    for required in [false, true] {
        let (repo, _postgres) = shop(required);
        down(&repo);
        let (through, said) = commit(&repo);
        assert_eq!(through, !required, "{said}");
        assert!(said.contains("refuses connections"), "{said}");
    }
}

#[test]
fn a_ledger_that_may_not_be_read_is_denied_and_not_missing() {
    let (repo, postgres) = shop(true);
    postgres.run("REVOKE ALL ON _sqlx_migrations FROM scram");
    let report = repo.guard(&["check", "--format", "json"]).code(2);
    assert_eq!(report.rules(), [""; 0], "{}", report.out());
    assert!(report.out().contains("permission denied"), "{}", report.out());
}

#[test]
fn a_password_in_the_surroundings_is_not_shown() {
    let (repo, _postgres) = shop(true);
    let mut command = repo.command(env!("CARGO_BIN_EXE_guard"));
    let said = command.arg("config").env("PGPASSWORD", PASSWORD).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(said.contains("$PGPASSWORD") && !said.contains(PASSWORD), "{said}");
}

#[test]
fn init_declares_the_database_that_it_finds() {
    let (repo, _postgres) = shop(false);
    std::fs::remove_file(repo.path().join("guard.toml")).unwrap();
    repo.write("Cargo.toml", "[package]\nname = \"shop\"\n[dependencies]\nsqlx = \"0.8\"\n");
    repo.git(&["add", "."]);
    let said = repo.guard(&["init"]).success();
    let written = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    assert!(written.contains("\n[databases.dev] "), "{written}");
    let all = format!("{}{}{written}", said.out(), said.err());
    assert!(all.contains("found: the database postgres://scram@localhost:"), "{all}");
    assert!(!all.contains("hunter2"), "{all}");
}
