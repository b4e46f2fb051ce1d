//! What guard.toml says of live schemas: what is left out, what is allowed, what runs before.

use super::*;

fn add(repo: &TestRepo, text: &str) {
    let file = repo.path().join("guard.toml");
    let before = fs::read_to_string(&file).unwrap();
    repo.write("guard.toml", before + text);
}

fn audit(repo: &TestRepo, code: i32) -> crate::support::Guarded {
    repo.guard(&["audit", "dev", "--format", "json"]).code(code)
}

#[test]
fn what_is_ignored_is_no_drift_and_a_dead_pattern_is_said() {
    let repo = shop();
    by_hand(&repo, "CREATE TABLE legacy_users (id INTEGER); CREATE INDEX fast ON users (name)");
    assert_eq!(audit(&repo, 1).json()["findings"].as_array().map(Vec::len), Some(2));
    add(&repo, "[schema]\nignore = [\"legacy_*\", \"users.fast\", \"gone\"]\n");
    let report = audit(&repo, 0);
    assert_eq!(report.rules(), [""; 0]);
    let notes = report.json()["notes"].to_string();
    assert!(notes.contains("[schema] ignore \\\"gone\\\" leaves nothing out"), "{notes}");
    assert!(notes.contains("guard.toml:11"), "{notes}");
    assert!(!notes.contains("legacy") && !notes.contains("fast"), "{notes}");
}

#[test]
fn a_waiver_covers_a_finding_all_of_whose_objects_it_names() {
    let repo = shop();
    by_hand(&repo, "CREATE INDEX fast ON users (name); CREATE INDEX slow ON users (mail)");
    let waiver = |object: &str| {
        format!(
            "[[waivers]]\nrule = \"unexpected-object\"\nobject = \"{object}\"\nreason = \"OPS-12\"\nuntil = \"never\"\n"
        )
    };
    let declared = fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    add(&repo, &waiver("users.fast"));
    audit(&repo, 1);
    repo.write("guard.toml", declared.clone() + &waiver("users"));
    let report = audit(&repo, 0);
    assert_eq!(report.json()["findings"][0]["waived"], "OPS-12", "{}", report.out());
    repo.write("guard.toml", declared + &waiver("orders"));
    assert!(audit(&repo, 1).rules().contains(&"unused-waiver".to_owned()));
}

#[test]
fn without_a_ledger_the_schema_is_held_against_all_migrations() {
    let repo = shop();
    by_hand(&repo, "DROP TABLE _sqlx_migrations");
    let report = audit(&repo, 0);
    assert_eq!(report.rules(), [""; 0], "{}", report.out());
    assert!(report.json()["notes"].to_string().contains("held against all 3 migrations"), "{}", report.out());
    // What no migration makes is found all the same, and what has not run is no finding.
    by_hand(&repo, "CREATE TABLE extra (id INTEGER); DROP TABLE orders");
    assert_eq!(audit(&repo, 1).rules(), ["unexpected-object"]);
}

#[test]
fn what_runs_before_a_migration_is_declared() {
    let repo = shop();
    // Most tools let foreign keys be. Where they count, no table is dropped to which rows refer.
    let texts = [
        (
            "0004_a",
            "CREATE TABLE items (of INTEGER NOT NULL REFERENCES orders (id));\nINSERT INTO orders VALUES (1);\nINSERT INTO items VALUES (1);\n",
        ),
        ("0005_b", "CREATE TABLE newer (id INTEGER PRIMARY KEY);\nDROP TABLE orders;\n"),
    ];
    let database = Connection::open(repo.path().join("dev.db")).unwrap();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for (version, (name, text)) in (4_i64..).zip(texts) {
        repo.write(format!("migrations/{name}.sql"), text);
        database.execute_batch(text).unwrap();
        let sum = <sha2::Sha384 as sha2::Digest>::digest(text.as_bytes()).to_vec();
        let insert = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                      VALUES (?1, ?2, 1, ?3, 1)";
        database.execute(insert, (version, &name[5..], sum)).unwrap();
    }
    repo.commit("more");
    assert_eq!(audit(&repo, 0).rules(), [""; 0]);
    let text = fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    let before = "dir = \"migrations\"\n[migrations.replay]\nbefore = [\"PRAGMA foreign_keys = ON\"]\n";
    repo.write("guard.toml", text.replace("dir = \"migrations\"\n", before));
    assert_eq!(audit(&repo, 1).rules(), ["unreplayable-migration"]);
}

/// A Rails application with one migration that has run, whose migrations nobody can replay here.
fn rails() -> TestRepo {
    let repo = TestRepo::new();
    let text =
        "class Users < ActiveRecord::Migration[7.0]\n  def change\n    create_table :users\n  end\nend\n";
    repo.write("db/migrate/1_users.rb", text);
    repo.write(".gitignore", "*.db\n");
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"rails\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = false\n\
         timeout = \"5s\"\nat = [\"audit\"]\n",
    );
    repo.commit("begin");
    by_hand(
        &repo,
        "CREATE TABLE schema_migrations (version VARCHAR NOT NULL PRIMARY KEY); \
         CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1')",
    );
    repo
}

#[test]
fn a_record_stands_in_for_a_replay() {
    let repo = rails();
    let report = audit(&repo, 0);
    assert!(report.out().contains("[migrations.replay] run = [...]"), "{}", report.out());
    let said = repo.guard(&["record"]).success().out();
    assert!(said.starts_with("guard.schema: written from \"dev\" (SQLite 3."), "{said}");
    let text = fs::read_to_string(repo.path().join("guard.schema")).unwrap();
    assert!(
        text.contains("\n[\"applied\",\"rails\",\"1\"]\n") && !text.contains("schema_migrations"),
        "{text}"
    );
    repo.commit("the record");
    let report = audit(&repo, 0);
    assert_eq!((report.rules(), report.json()["outages"].to_string()), (Vec::new(), "[]".to_owned()));
    assert_ne!(report.json()["examined"]["objects"], 0);
    by_hand(&repo, "ALTER TABLE users ADD COLUMN mail TEXT");
    assert_eq!(audit(&repo, 1).rules(), ["unexpected-object"]);
    // What has drifted is not what the migrations make; and what has run since is not in the record.
    let migration = "class Mail < ActiveRecord::Migration[7.0]\nend\n";
    repo.write("db/migrate/2_mail.rb", migration);
    repo.git(&["add", "."]);
    let refused = repo.guard(&["record"]).code(2);
    assert!(refused.err().contains("1 migration has not run in it, of rails"), "{}", refused.err());
    repo.commit("mail");
    by_hand(&repo, "INSERT INTO schema_migrations VALUES ('2')");
    let report = audit(&repo, 0);
    assert!(report.out().contains("was recorded with other migrations: 2"), "{}", report.out());
    repo.write("guard.schema", text.replace("[\"engine\"", "<<<<<<< HEAD\n[\"engine\""));
    repo.commit("a merge that nobody looked at");
    assert!(audit(&repo, 0).out().contains("guard.schema:2"), "{}", audit(&repo, 0).out());
}

#[test]
fn what_was_found_equal_is_not_replayed_again() {
    let repo = shop();
    let held = repo.path().join(".git/guard/held");
    audit(&repo, 0);
    let bytes = fs::read(&held).unwrap();
    let again = audit(&repo, 0);
    assert_ne!(again.json()["examined"]["objects"], 0);
    assert_eq!(fs::read(&held).unwrap(), bytes);
    by_hand(&repo, "CREATE TABLE extra (id INTEGER)");
    assert_eq!(audit(&repo, 1).rules(), ["unexpected-object"]);
    assert_eq!(fs::read(&held).unwrap(), bytes, "what differs is not remembered");
    by_hand(&repo, "DROP TABLE extra");
    audit(&repo, 0);
    // Another history is another question.
    add(&repo, "[schema]\nignore = [\"orders\"]\n");
    audit(&repo, 0);
    assert!(fs::read(&held).unwrap().len() > bytes.len());
}
