//! One set, and a ledger in each of many schemas of one database.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::{Guarded, TestRepo, mysql, postgres};

/// The ledger of Django in a schema, with these migrations of the app `shop`.
fn tenant(schema: &str, names: &[&str], id: &str) -> String {
    let mut script = format!(
        "CREATE SCHEMA {schema}; CREATE TABLE {schema}.django_migrations (id {id}, app varchar(255) NOT NULL, \
         name varchar(255) NOT NULL, applied timestamp NOT NULL);"
    );
    for (at, name) in names.iter().enumerate() {
        script += &format!(
            "INSERT INTO {schema}.django_migrations VALUES ({}, 'shop', '{name}', '2026-01-01 00:00:00');",
            at + 1
        );
    }
    script
}

const SERIAL: &str = "serial PRIMARY KEY";

/// A repository with two migrations of the app `shop`, and a database of which these schemas count.
fn project(url: &str, schemas: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\nname = \"shop\"\ntool = \"django\"\ndir = \"shop/migrations\"\n\n[databases.dev]\n\
             url = \"{url}\"\nschemas = {schemas}\nrequired = true\ntimeout = \"30s\"\nat = [\"ci\"]\n"
        ),
    );
    let class =
        |needs: &str| format!("class Migration(migrations.Migration):\n    dependencies = [{needs}]\n");
    repo.write("shop/migrations/0001_initial.py", class(""));
    repo.write("shop/migrations/0002_more.py", class("('shop', '0001_initial')"));
    repo.commit("migrations");
    repo.commit_file("code", "elsewhere");
    repo
}

fn check(repo: &TestRepo) -> Guarded {
    repo.guard(&["check", "--at", "ci", "--base", "HEAD^", "--format", "json"])
}

/// What was found: rule, and what it says.
fn found(guarded: &Guarded) -> Vec<String> {
    let report = guarded.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let said =
        findings.map(|one| format!("{}: {}", one["rule"].as_str().unwrap(), one["what"].as_str().unwrap()));
    said.collect()
}

#[test]
fn each_schema_is_compared_by_itself() {
    let server = postgres::Server::shared();
    let database = server.create();
    let both = ["0001_initial", "0002_more"];
    let script = [
        tenant("tenant_a", &both, SERIAL),
        tenant("tenant_b", &both[..1], SERIAL),
        tenant("tenant_c", &["0001_initial", "0002_more", "0003_gone"], SERIAL),
        "CREATE SCHEMA tenant_d; CREATE TABLE tenant_d.people (id int);".to_owned(),
        "CREATE SCHEMA tenant_e;".to_owned(),
        tenant("others", &["0009_not_ours"], SERIAL),
    ];
    server.admin(&database).run(&script.concat());
    let repo = project(&server.socket_url("postgres", &database), "[\"tenant_*\", \"missing\", \"no_*\"]");
    let guarded = check(&repo).code(1);
    assert_eq!(
        found(&guarded),
        [
            "applied-but-absent: dev/tenant_c has applied migration 0003_gone (shop), which is not in the repository",
            "no-ledger: dev/tenant_d has a table, but no ledger of Django",
            "pending-migration: migration 0002_more (shop) has not been applied to dev/tenant_b",
            "no-ledger: dev/missing is empty: no migration was ever applied to it",
            "no-ledger: dev/tenant_e is empty: no migration was ever applied to it",
        ]
    );
    let text = repo.guard(&["check", "--at", "ci", "--base", "HEAD^"]).code(1).out();
    assert!(text.contains("the database \"dev\" has no schema that matches no_*"), "{text}");

    // A waiver of the database covers its schemas, and one of a schema that schema alone.
    let config = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    for (name, left) in [("dev/tenant_b", 4), ("dev/tenant_c", 5), ("dev", 4), ("de", 5)] {
        let waiver = format!(
            "{config}\n[[waivers]]\nrule = \"pending-migration\"\ndatabase = \"{name}\"\nreason = \"later\"\nuntil = \"never\"\n"
        );
        repo.write("guard.toml", waiver);
        let report = check(&repo).json();
        let findings = report["findings"].as_array().unwrap().iter();
        let not_waived = findings.filter(|one| one["waived"].is_null() && one["rule"] != "unused-waiver");
        assert_eq!(not_waived.count(), left, "{name}: {report}");
    }
}

#[test]
fn a_database_without_any_of_the_schemas_was_not_checked() {
    let server = postgres::Server::shared();
    let database = server.create();
    let repo = project(&server.socket_url("postgres", &database), "[\"tenant_*\"]");
    let report = check(&repo).code(2).json();
    assert!(report["outages"].to_string().contains("none of the schemas"), "{report}");
    let repo = project("sqlite:dev.db", "[\"main\", \"x_*\"]");
    rusqlite::Connection::open(repo.path().join("dev.db"))
        .unwrap()
        .execute_batch("CREATE TABLE x (y)")
        .unwrap();
    let report = check(&repo).code(2).json();
    assert!(report["outages"].to_string().contains("no schemas"), "{report}");
}

/// Passes on what is said to a server, and counts the questions.
fn counting(port: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from, &mut to));
            let counted = Arc::clone(&counted);
            thread::spawn(move || {
                // The first message has no letter in front of its length.
                let mut letter = vec![];
                loop {
                    let mut length = [0; 4];
                    if client.read_exact(&mut length).is_err() {
                        return;
                    }
                    let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
                    client.read_exact(&mut rest).unwrap();
                    let _ = server.write_all(&[&*letter, &length, &rest].concat());
                    counted.fetch_add(usize::from(letter == *b"Q"), Ordering::SeqCst);
                    letter = vec![0];
                    if client.read_exact(&mut letter).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (own, asked)
}

#[test]
fn many_tenants_cost_a_few_questions() {
    let server = postgres::Server::shared();
    let database = server.create();
    let admin = server.admin(&database);
    let mut asked = Vec::new();
    let (mut made, both) = (0, ["0001_initial", "0002_more"]);
    for count in [2, 500] {
        for number in made..count {
            let names = if number == 321 { &both[..1] } else { &both[..] };
            let schema = format!("tenant_{number}");
            admin.run(&tenant(&schema, names, SERIAL));
            admin.run(&format!("GRANT USAGE ON SCHEMA {schema} TO plain; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO plain"));
        }
        made = count;
        let (port, questions) = counting(server.port);
        let url = format!("postgres://plain@127.0.0.1:{port}/{database}?sslmode=disable");
        let guarded = check(&project(&url, "[\"tenant_*\"]"));
        let late = ["pending-migration: migration 0002_more (shop) has not been applied to dev/tenant_321"];
        assert_eq!(found(&guarded), late[..usize::from(count > 321)]);
        let rows = guarded.json()["examined"]["ledger_rows"].as_u64().unwrap();
        assert_eq!(rows, count * 2 - u64::from(count > 321));
        asked.push(questions.load(Ordering::SeqCst));
    }
    assert_eq!(asked[0], asked[1], "as many for five hundred as for two");
    assert!(asked[0] <= 8, "{asked:?}");
}

#[test]
fn on_mysql_a_schema_is_a_database() {
    let server = mysql::Server::shared();
    let database = server.create();
    let names = [format!("{database}_t1"), format!("{database}_t2")];
    let id = "int AUTO_INCREMENT PRIMARY KEY";
    server.run(&database, &tenant(&names[0], &["0001_initial", "0002_more"], id));
    server.run(&database, &tenant(&names[1], &["0001_initial"], id));
    let repo = project(&server.socket_url("root", &database), &format!("[\"{database}_t*\"]"));
    assert_eq!(
        found(&check(&repo).code(1)),
        [format!("pending-migration: migration 0002_more (shop) has not been applied to dev/{}", names[1])]
    );
}
