//! Ledgers as guard makes them in a scratch database: as the real tools made theirs.

use std::path::Path;
use std::time::{Duration, Instant};

use migguard::db::{DatabaseUrl, open};
use migguard::model::{Dialect, TableName};

use crate::real_ledgers::{KINDS, all, load};
use crate::support::TestRepo;

/// What is said of the table and of what belongs to it.
fn described(url: &str, repo: &TestRepo, table: &str) -> Vec<String> {
    let url = DatabaseUrl::parse(url, repo.path()).unwrap();
    let schema = open(&url, Instant::now() + Duration::from_secs(60)).unwrap().schema().unwrap();
    let own = schema.0.iter().filter(|(id, _)| id.root.eq_ignore_ascii_case(table));
    // SQLite keeps the text: what it means is the same in any case of letters.
    own.map(|(id, object)| format!("{id} {:?}", object.0).to_lowercase()).collect()
}

#[test]
fn a_ledger_that_guard_makes_is_the_tools_own() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for kept in all() {
        let tool = kept.tool();
        for (kind, _) in KINDS {
            let dialect = match kind {
                "sqlite" => Dialect::Sqlite,
                "postgres" => Dialect::Postgres,
                _ => Dialect::MySql,
            };
            let Some(statements) = kept.statements(kind, "clean") else { continue };
            let layout = &tool.spec().ledger[usize::from(kept.name == "drizzle")];
            let name = if kept.name == "liquibase" && kind != "postgres" {
                "DATABASECHANGELOG".to_owned()
            } else {
                layout.table.clone()
            };
            let Some(mut made) = tool.made_ledger(&TableName::plain(&name), dialect) else { continue };
            // What 1.x makes is made; and this one is made with a character set of its own, which decides nothing here.
            if kept.name == "drizzle" || (&*kept.name, kind) == ("sql-migrate", "mariadb") {
                continue;
            }
            let rows = ["one", "it's"]
                .iter()
                .enumerate()
                .map(|(at, name)| format!("; {}", made.row(&format!("{}", 20_240_101 + at), name, at + 1)));
            let rows: String = rows.collect();
            made.make.push_str(&rows);
            let (real, own) = (TestRepo::new(), TestRepo::new());
            let of =
                |statements: &str, repo: &TestRepo| described(&load(kind, statements, repo), repo, &name);
            let (real, own) = (of(&statements, &real), of(&made.make, &own));
            assert!(real.len() > 1, "{} on {kind}: {real:?}", kept.name);
            if real != own {
                wrong.push(format!(
                    "{} on {kind}:\n  {}\n  {}",
                    kept.name,
                    real.join("\n  "),
                    own.join("\n  ")
                ));
            }
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 20, "{compared}");
}

/// A repository of Diesel whose migrations read and write their own ledger, as lemmy's do, and the statements that the tool ran.
fn diesel(url: &str) -> (TestRepo, String) {
    let texts = [
        ("2024-01-01-000001_one", "CREATE TABLE one (id INTEGER PRIMARY KEY);\n"),
        (
            "2024-01-01-000002_two",
            "CREATE TABLE two (id INTEGER PRIMARY KEY, n INTEGER CHECK (n = 1));\n\
             INSERT INTO two SELECT 1, count(*) FROM __diesel_schema_migrations WHERE version = '20240101000001';\n\
             DELETE FROM __diesel_schema_migrations WHERE version = '0';\n",
        ),
        ("2024-01-01-000003_three", "CREATE TABLE three (id INTEGER PRIMARY KEY);\n"),
    ];
    let repo = TestRepo::new();
    let mut ran = String::new();
    ran.push_str(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                  run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);\n",
    );
    for (name, text) in texts {
        repo.write(format!("migrations/{name}/up.sql"), text);
        let version: String = name[..17].replace('-', "");
        ran.push_str(text);
        ran.push_str(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');\n"));
    }
    repo.write(".gitignore", "dev.db*\n");
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"diesel\"\ndir = \"migrations\"\n\n[databases.dev]\nurl = \"{url}\"\nrequired = true\n\
             timeout = \"60s\"\nat = [\"audit\"]\n"
        ),
    );
    repo.commit("migrations");
    (repo, ran)
}

#[test]
fn a_migration_that_asks_its_own_ledger_is_replayed() {
    for (kind, _) in KINDS {
        let (_, ran) = diesel("sqlite:dev.db");
        let base = TestRepo::new();
        let url = load(kind, &ran, &base);
        let url = url.replace("sqlite:dev.db", &format!("sqlite:{}", base.path().join("dev.db").display()));
        let (repo, _) = diesel(&url);
        let report = repo.guard(&["audit", "dev", "--format", "json"]).code(0);
        assert_eq!(report.rules(), [""; 0], "{kind}: {}", report.out());
        assert_eq!(report.json()["outages"].to_string(), "[]", "{kind}");
        assert_ne!(report.json()["examined"]["objects"], 0, "{kind}");
    }
}

#[test]
fn where_a_migration_makes_a_table_of_that_name_it_is_left_to_it() {
    let repo = TestRepo::new();
    let text = "CREATE TABLE schema_migrations (version varchar(128) primary key);\nCREATE TABLE one (id INTEGER PRIMARY KEY);\n";
    repo.write("db/migrations/1_one.sql", format!("-- migrate:up\n{text}-- migrate:down\n"));
    repo.write(".gitignore", "dev.db*\n");
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"dbmate\"\ndir = \"db/migrations\"\n\n[databases.dev]\nurl = \"sqlite:dev.db\"\n\
         required = true\ntimeout = \"60s\"\nat = [\"audit\"]\n",
    );
    repo.commit("migrations");
    load("sqlite", &format!("{text}INSERT INTO schema_migrations VALUES ('1');"), &repo);
    assert!(Path::new(repo.path()).join("dev.db").exists());
    assert_eq!(repo.guard(&["audit", "dev", "--format", "json"]).code(0).rules(), [""; 0]);
}
