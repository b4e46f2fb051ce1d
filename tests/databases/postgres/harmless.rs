//! What an audited server hears: questions, and nothing else.

use std::fs;

use super::*;
use crate::support::TestRepo;

/// How a statement may begin.
const READING: [&str; 8] = [
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL ",
    "SAVEPOINT guard",
    "ROLLBACK TO SAVEPOINT guard",
    "ROLLBACK",
    "SELECT ",
    "SHOW ",
    "",
];

#[test]
fn an_audited_server_hears_only_questions() {
    let server: &'static Server = Box::leak(Box::new(Server::start()));
    let live = Postgres { server, database: server.create() };
    let repo = TestRepo::new();
    live.run("CREATE ROLE auditor LOGIN; GRANT pg_read_all_data TO auditor");
    live.run("CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)");
    for number in 1..4 {
        let text = format!(
            "CREATE TABLE t{number} (id int PRIMARY KEY, name varchar(9) CHECK (name IN ('a', 'b')))"
        );
        repo.write(
            format!("db/migrations/{number}_m.sql"),
            format!("-- migrate:up\n{text};\n-- migrate:down\n"),
        );
        live.run(&format!("BEGIN; {text}; INSERT INTO schema_migrations VALUES ('{number}'); COMMIT"));
    }
    // Everything that is asked where something differs is asked, too.
    live.run("ALTER TABLE t2 ALTER name SET DEFAULT 'x'; DROP TABLE t3; CREATE TABLE more (x int)");
    let url = server.socket_url("auditor", &live.database);
    let at = "at = [\"audit\", \"commit\", \"ci\"]\nchecks = [\"ledger\", \"drift\"]";
    repo.write(
        "guard.toml",
        format!("[[migrations]]\ntool = \"dbmate\"\n[databases.dev]\nurl = \"{url}\"\nrequired = true\ntimeout = \"20s\"\n{at}\n"),
    );
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "begin"]);
    let admin = server.admin("postgres");
    admin.run("ALTER SYSTEM SET log_line_prefix TO '%u|'");
    admin.run("ALTER SYSTEM SET log_statement TO 'all'");
    admin.run("SELECT pg_reload_conf()");
    repo.guard(&["audit", "dev"]).code(1);
    repo.guard(&["check"]);
    repo.guard(&["check", "--at", "ci"]);
    repo.guard(&["status"]);
    let log = fs::read_to_string(server.file("log")).unwrap();
    let (mut heard, mut mine) = (0, false);
    let mut text = String::new();
    // A statement of several lines goes on behind a tab.
    for line in log.split('\n') {
        match line.strip_prefix("auditor|LOG:  statement: ") {
            Some(first) => {
                mine = true;
                text.push_str(";\n");
                text.push_str(first);
            }
            None if mine && line.starts_with('\t') => text.push_str(line),
            None => mine = false,
        }
    }
    for statement in text.split(';').map(|statement| statement.trim_start_matches(['\'', ' ', '\n', '\t'])) {
        heard += usize::from(statement.starts_with("SELECT "));
        let begins =
            |with: &&str| if with.is_empty() { statement.is_empty() } else { statement.starts_with(with) };
        assert!(READING.iter().any(|with| begins(with)), "{statement}");
    }
    assert!(heard > 100, "{heard}");
    assert_eq!(
        live.ask("SELECT count(*)::text FROM pg_class WHERE oid >= 16384 AND relname LIKE 'guard%'"),
        Some("0".to_owned())
    );
}
