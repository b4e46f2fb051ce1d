//! What tools write of the schema beside the migrations.

use std::process::Command;

use super::*;
use crate::support::postgres::Server;

/// A repository of dbmate's whose database is in step. `db/schema.sql` is what is written.
fn dbmate(url: &str, dump: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "db/migrations/1_users.sql",
        "-- migrate:up\nCREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) CHECK (name IN ('a', 'b')));\n\
         CREATE INDEX by_name ON users (name);\n-- migrate:down\nDROP TABLE users;\n",
    );
    repo.write("db/schema.sql", dump);
    repo.write(".gitignore", "*.db\n");
    repo.write(
        "guard.toml",
        format!("[[migrations]]\ntool = \"dbmate\"\n[databases.dev]\nurl = \"{url}\"\nrequired = false\ntimeout = \"20s\"\nat = [\"audit\"]\n"),
    );
    repo.commit("begin");
    repo
}

const APPLIED: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) CHECK (name IN ('a', 'b')));\n\
                       CREATE INDEX by_name ON users (name);\n\
                       CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY);\nINSERT INTO schema_migrations VALUES ('1');\n";

fn audit(repo: &TestRepo) -> crate::support::Guarded {
    repo.guard(&["audit", "dev", "--format", "json"]).success()
}

#[test]
fn a_dump_of_dbmate_is_run_and_held_against_the_migrations() {
    let fresh = "CREATE TABLE IF NOT EXISTS \"schema_migrations\" (version varchar(128) primary key);\n\
                 CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) CHECK (name IN ('a', 'b')));\n\
                 CREATE INDEX by_name ON users (name);\n-- Dbmate schema migrations\nINSERT INTO \"schema_migrations\" (version) VALUES\n  ('1');\n";
    let repo = dbmate("sqlite:dev.db", fresh);
    by_hand(&repo, APPLIED);
    assert_eq!(audit(&repo).rules(), [""; 0]);
    // A migration that has not run yet belongs to what the file shows.
    repo.write("db/migrations/2_mail.sql", "-- migrate:up\nALTER TABLE users ADD COLUMN mail TEXT;\n");
    repo.commit("mail");
    let report = audit(&repo);
    assert_eq!(report.rules(), ["stale-schema-dump"], "{}", report.out());
    assert!(report.out().contains("column users.mail"), "{}", report.out());
    // A file that cannot be run is no file to judge.
    repo.write("db/schema.sql", format!("{fresh}SELECT nothing FROM nowhere;\n"));
    repo.commit("no dump");
    assert_eq!(audit(&repo).rules(), [""; 0]);
}

#[test]
fn a_dump_of_postgresql_is_what_the_migrations_make() {
    let server = Server::shared();
    let database = server.create();
    server.admin(&database).run(APPLIED);
    let mut dump = Command::new("pg_dump");
    dump.args(["-s", "-U", "postgres", "-h"]).arg(&server.dir).args([
        "-p",
        &server.port.to_string(),
        &database,
    ]);
    let text = String::from_utf8(dump.output().unwrap().stdout).unwrap();
    assert!(text.contains("CREATE TABLE public.users"), "{text}");
    let repo = dbmate(&server.socket_url("postgres", &database), &text);
    let report = audit(&repo);
    assert_eq!((report.rules(), report.json()["outages"].to_string()), (Vec::new(), "[]".to_owned()));
    repo.write("db/schema.sql", text.replace("'b'::character varying", "'c'::character varying"));
    repo.commit("edited");
    let report = audit(&repo);
    assert_eq!(report.rules(), ["stale-schema-dump"], "{}", report.out());
    assert!(report.out().contains("check public.users."), "{}", report.out());
}

#[test]
fn what_names_tables_and_columns_is_compared_by_them() {
    let repo = TestRepo::new();
    repo.write("Cargo.toml", "[dependencies]\ndiesel = \"2\"\n");
    repo.write("migrations/1_users/up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n");
    repo.write("migrations/1_users/down.sql", "DROP TABLE users;\n");
    let schema = "// @generated automatically by Diesel CLI.\n\ndiesel::table! {\n    users (id) {\n        id -> Nullable<Integer>,\n        \
                  name -> Nullable<Text>,\n    }\n}\n";
    repo.write("src/schema.rs", schema);
    repo.write(".gitignore", "*.db\n");
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"diesel\"\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = false\ntimeout = \"5s\"\nat = [\"audit\"]\n",
    );
    repo.commit("begin");
    by_hand(
        &repo,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE __diesel_schema_migrations \
         (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
         INSERT INTO __diesel_schema_migrations (version) VALUES ('1')",
    );
    assert_eq!(audit(&repo).rules(), [""; 0]);
    repo.write("src/schema.rs", schema.replace("name ->", "mail -> Text,\n        name ->"));
    repo.commit("edited");
    let report = audit(&repo);
    assert_eq!(report.rules(), ["stale-schema-dump"], "{}", report.out());
    assert!(report.out().contains("column users.mail"), "{}", report.out());
}
