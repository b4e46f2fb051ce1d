//! What an audit says of what it did not judge: for people and for machines.

use super::*;
use crate::support::TestRepo;

/// A database in step with its one migration, but for what is run in it by hand.
fn audited(by_hand: &str) -> (TestRepo, Postgres) {
    let live = Postgres::fresh();
    let text = "CREATE TABLE one (id int PRIMARY KEY) PARTITION BY RANGE (id);";
    live.run(&format!(
        "{text} CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1'); {by_hand}"
    ));
    let repo = TestRepo::new();
    repo.write("db/migrations/1_one.sql", format!("-- migrate:up\n{text}\n-- migrate:down\n"));
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"dbmate\"\ndir = \"db/migrations\"\n\n[databases.dev]\nurl = \"{}\"\nrequired = true\n\
             timeout = \"60s\"\nat = [\"audit\"]\n",
            live.url()
        ),
    );
    repo.commit("migrations");
    (repo, live)
}

/// The note is in both reports, each time, and no finding is.
fn noted(repo: &TestRepo, note: &str) {
    for round in 0..2 {
        let report = repo.guard(&["audit", "dev", "--format", "json"]).code(0).json();
        let notes: Vec<&str> =
            report["notes"].as_array().unwrap().iter().filter_map(|one| one.as_str()).collect();
        assert!(notes.contains(&note), "{round}: {notes:?}");
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(0), "{report}");
        let text = repo.guard(&["audit", "dev"]).code(0).out();
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&text).contains(&words(note)), "{round}: {text}");
    }
}

#[test]
fn what_no_migration_decides_is_counted() {
    let (repo, _live) = audited(
        "GRANT SELECT ON one TO scram; GRANT CONNECT ON DATABASE postgres TO scram; \
         DO $$ BEGIN EXECUTE format('ALTER ROLE scram IN DATABASE %I SET work_mem TO 9999', current_database()); END $$; \
         CREATE TABLE one_a PARTITION OF one FOR VALUES FROM (1) TO (9); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO clear",
    );
    noted(
        &repo,
        "left out of the schema of \"dev\", since no migration decides it: 1 rights, 1 default privileges, 1 settings of the database, \
         1 partitions",
    );
}

#[test]
fn what_guard_does_not_know_is_named() {
    let (repo, _live) = audited(
        "INSERT INTO pg_depend VALUES ('pg_database'::regclass, 99999, 0, 'pg_namespace'::regclass, 2200, 0, 'n')",
    );
    noted(
        &repo,
        "not examined in the schema of \"dev\", for want of rights or of knowledge: 1 objects in pg_database",
    );
}

#[test]
fn what_was_taken_to_have_run_is_said() {
    let (repo, _live) = audited("DROP TABLE schema_migrations");
    noted(
        &repo,
        "\"dev\" has no ledger of db/migrations, so its schema was held against all 1 migrations, as if they had run",
    );
}

/// An extension that the machine does not offer: the migration is not at fault, and what to install is said.
#[test]
fn an_extension_that_is_not_there_is_named_with_its_package() {
    let (repo, live) = audited("");
    let text = "-- migrate:up\nCREATE EXTENSION IF NOT EXISTS vector_of_none;\n-- migrate:down\n";
    repo.write("db/migrations/2_two.sql", text);
    repo.commit("an extension");
    live.run("INSERT INTO schema_migrations VALUES ('2')");
    let found = repo.guard(&["audit", "dev", "--format", "json"]).code(1).json()["findings"][0].clone();
    let what = found["what"].as_str().unwrap();
    assert!(
        what.ends_with("needs the extension vector_of_none, which the server for the replay has not"),
        "{found}"
    );
    let fix = found["fix"].to_string();
    assert!(fix.contains("-vector-of-none, or its package of another name"), "{fix}");
    assert!(fix.contains("scratch = { url = { env = "), "{fix}");
}
