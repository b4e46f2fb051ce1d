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
             url = \"{url}\"\nschemas = {schemas}\nrequired = true\ntimeout = \"120s\"\nat = [\"ci\"]\n"
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
            "no-ledger: dev is empty: no migration was ever applied to it, in 2 of 6 schemas",
        ]
    );
    let text = repo.guard(&["check", "--at", "ci", "--base", "HEAD^"]).code(1).out();
    assert!(text.contains("the database \"dev\" has no schema that matches no_*"), "{text}");

    // A waiver of the database covers its schemas, and one of a schema that schema alone.
    let config = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    for (name, left) in [("dev/tenant_b", 3), ("dev/tenant_c", 4), ("dev", 3), ("de", 4)] {
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

/// The ledger of sqlx in a schema, with one migration of this text; `sum` makes the checksum of a text.
fn applied(schema: &str, text: &str, bytes: &str, sum: impl Fn(&str) -> String) -> String {
    format!(
        "CREATE SCHEMA {schema}; CREATE TABLE {schema}._sqlx_migrations (version BIGINT PRIMARY KEY, description VARCHAR(99) \
         NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum {bytes} NOT \
         NULL, execution_time BIGINT NOT NULL); INSERT INTO {schema}._sqlx_migrations VALUES (1, 'users', CURRENT_TIMESTAMP, \
         true, {}, 7);",
        sum(text)
    )
}

const OLD: &str = "CREATE TABLE users (id INT);";

/// A repository whose only migration is edited after it was applied in all schemas, in some of them with another text.
fn edited(url: &str, schemas: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "guard.toml",
        format!(
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n\n[databases.dev]\nurl = \"{url}\"\n\
             schemas = [\"{schemas}\"]\nrequired = true\ntimeout = \"120s\"\nat = [\"ci\"]\n"
        ),
    );
    repo.commit_file("migrations/1_users.sql", OLD);
    repo.commit_file("migrations/1_users.sql", "CREATE TABLE users (id BIGINT);");
    repo
}

/// What is found where `all` schemas have the old text but for these, which have one that nobody knows.
fn one_edit_in_all(repo: &TestRepo, all: usize, others: &[String], name: impl Fn(usize) -> String) {
    let report = check(repo).code(1).json();
    let findings: Vec<_> =
        report["findings"].as_array().unwrap().iter().filter(|one| one["level"] == "deny").collect();
    assert_eq!(findings.len(), 2, "{report}");
    let texts = |finding: &serde_json::Value, label: &str| {
        let evidence = finding["evidence"].as_array().unwrap().iter();
        let of = evidence.filter(|evidence| evidence["label"] == label);
        of.map(|evidence| evidence["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let most = findings.iter().find(|one| one["schemas"].as_array().unwrap().len() > others.len()).unwrap();
    let agree = all - others.len();
    let what = "migration 1 (users) is not the text that was applied to dev";
    assert_eq!(most["what"], format!("{what}, in {agree} of {all} schemas"));
    assert_eq!(most["database"], "dev");
    assert_eq!(most["fingerprint"], "checksum-mismatch:migrations:1:dev/*");
    assert_eq!(texts(most, "applied").len(), 1, "the history is said once: {most}");
    assert_eq!(texts(most, "schemas").len(), 1, "{most}");
    let differ = format!("{agree} of {all} agree, {} differ: {}", others.len(), others.join(", "));
    assert_eq!(texts(most, "not in"), [differ]);
    let schemas: Vec<&str> =
        most["schemas"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(schemas.len() == agree && schemas.is_sorted(), "{schemas:?}");
    // A statement for a schema is whole, and says for which others there is one.
    let fixes: Vec<&str> = most["fix"].as_array().unwrap().iter().map(|fix| fix.as_str().unwrap()).collect();
    let accept = fixes.iter().find(|fix| fix.contains("UPDATE ")).unwrap();
    assert!(accept.contains(&format!("UPDATE {}._sqlx_migrations SET", schemas[0])), "{accept}");
    assert!(accept.contains("(the same in "), "{accept}");
    let few = findings.iter().find(|one| *one != most).unwrap();
    assert_eq!(few["what"], format!("{what}, in {} of {all} schemas", others.len()));
    assert_eq!(few["schemas"], serde_json::json!(others));
    assert_ne!(few["fingerprint"], most["fingerprint"]);
    assert_eq!(few["confidence"], "possible", "nobody knows that text");
    // A waiver of one of them leaves the others, and says of how many.
    let config = std::fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    let waived = name(0);
    let waiver = "\n[[waivers]]\nrule = \"checksum-mismatch\"\nreason = \"by hand\"\nuntil = \"never\"\n";
    repo.write("guard.toml", format!("{config}{waiver}database = \"dev/{waived}\"\n"));
    let said = found(&check(repo).code(1));
    assert!(said.iter().any(|one| one.ends_with(&format!("in {} of {all} schemas", agree - 1))), "{said:?}");
    assert!(said.iter().any(|one| one.ends_with(&format!("applied to dev/{waived}"))), "{said:?}");
    repo.write("guard.toml", format!("{config}{waiver}database = \"dev\"\n"));
    let report = check(repo).json();
    let open = report["findings"].as_array().unwrap().iter().filter(|one| one["waived"].is_null());
    assert!(open.clone().all(|one| one["rule"] != "checksum-mismatch"), "{report}");
}

#[test]
fn an_edit_in_five_hundred_schemas_is_one_finding() {
    let server = postgres::Server::shared();
    let database = server.create();
    let admin = server.admin(&database);
    let others: Vec<String> = [7, 77, 477].iter().map(|number| format!("tenant_{number:03}")).collect();
    let make = |number: usize| {
        let schema = format!("tenant_{number:03}");
        let text = if others.contains(&schema) { "nobody knows me" } else { OLD };
        applied(&schema, text, "BYTEA", |text| format!("sha384('{text}'::bytea)"))
    };
    for hundred in 0..5 {
        admin.run(&(hundred * 100..(hundred + 1) * 100).map(make).collect::<String>());
    }
    let repo = edited(&server.socket_url("postgres", &database), "tenant_*");
    one_edit_in_all(&repo, 500, &others, |number| format!("tenant_{number:03}"));
    let text = repo.guard(&["check", "--at", "ci", "--base", "HEAD^", "-v"]).code(1).out();
    assert!(text.split('\n').count() < 60, "{text}");
}

#[test]
fn an_edit_in_many_databases_of_a_server_is_one_finding() {
    let server = mysql::Server::shared();
    let database = server.create();
    let name = |number: usize| format!("{database}_x{number:02}");
    let others = [name(7), name(17)];
    let sum = |text: &str| format!("UNHEX(SHA2('{text}', 384))");
    let make = |number| {
        let text = if others.contains(&name(number)) { "nobody knows me" } else { OLD };
        applied(&name(number), text, "BLOB", sum)
    };
    server.run(&database, &(0..50).map(make).collect::<String>());
    let repo = edited(&server.socket_url("root", &database), &format!("{database}_x*"));
    one_edit_in_all(&repo, 50, &others, name);
}

/// What a tool has run in each schema.
const TABLES: &str = "\
CREATE TYPE kind AS ENUM ('a', 'b');
CREATE TABLE users (id bigserial PRIMARY KEY, k kind DEFAULT 'a' CHECK (k IN ('a', 'b')));
CREATE TABLE orders (id serial PRIMARY KEY, buyer bigint REFERENCES users ON DELETE CASCADE);
CREATE INDEX by_buyer ON orders (buyer);
CREATE VIEW buyers AS SELECT u.id, u.k FROM users u JOIN orders o ON o.buyer = u.id;
CREATE FUNCTION twice(one kind) RETURNS kind LANGUAGE sql AS $$ SELECT one $$;
";

#[test]
fn the_schema_of_each_is_held_against_one_replay() {
    let server = postgres::Server::shared();
    let database = server.create();
    let admin = server.admin(&database);
    for tenant in ["t_one", "t_two", "t_three", "\"T Four\""] {
        admin.run(&format!(
            "CREATE SCHEMA {tenant}; SET search_path = {tenant}; {TABLES} \
             CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1');"
        ));
    }
    admin.run(
        "RESET search_path; CREATE TABLE shared (x int); CREATE SCHEMA others; CREATE TABLE others.x (y int)",
    );
    let repo = TestRepo::new();
    repo.write("db/migrations/1_one.sql", format!("-- migrate:up\n{TABLES}-- migrate:down\n"));
    let url = server.socket_url("postgres", &database);
    let config = format!(
        "[[migrations]]\ntool = \"dbmate\"\ndir = \"db/migrations\"\n\n[databases.dev]\nurl = \"{url}\"\n\
         schemas = [\"t_*\", \"T Four\"]\nrequired = true\ntimeout = \"60s\"\nat = [\"ci\"]\nchecks = [\"ledger\", \"drift\"]\n"
    );
    repo.write("guard.toml", &config);
    repo.commit("migrations");
    repo.commit_file("code", "elsewhere");
    let clean = check(&repo).code(0);
    assert_eq!(found(&clean), [""; 0]);
    // Three tables of each but the ledger's, with what belongs to them.
    let objects = clean.json()["examined"]["objects"].as_u64().unwrap();
    assert!(objects > 4 * 15 && objects.is_multiple_of(4), "{objects}");
    assert_eq!(clean.json()["outages"].to_string(), "[]");

    admin.run("ALTER TABLE t_two.users ADD COLUMN extra text");
    let one = check(&repo).code(1);
    assert_eq!(
        found(&one),
        ["unexpected-object: column t_two.users.extra is in dev/t_two, and no migration makes it"]
    );
    // The same in two of them is one finding; another one stands by itself.
    admin.run("ALTER TABLE \"T Four\".users ADD COLUMN extra text; DROP INDEX t_one.by_buyer");
    let three = check(&repo).code(1);
    let said = found(&three);
    assert!(
        said.contains(
            &"unexpected-object: column users.extra is in dev, and no migration makes it, in 2 of 4 schemas"
                .to_owned()
        ),
        "{said:?}"
    );
    assert!(said.iter().any(|one| one.contains("dev/t_one") && one.contains("by_buyer")), "{said:?}");
    assert_eq!(said.len(), 2, "{said:?}");
    // Patterns name objects as they are called, and one that leaves nothing out is said.
    repo.write(
        "guard.toml",
        format!(
            "{config}\n[schema]\nignore = [\"*.users.extra\", \"t_one.orders.by_buyer\", \"t_none.x\"]\n"
        ),
    );
    repo.commit("ignore");
    let ignored = check(&repo).code(0);
    assert_eq!(found(&ignored), [""; 0]);
    let notes = ignored.json()["notes"].to_string();
    assert!(
        notes.contains("t_none.x") && !notes.contains("by_buyer") && !notes.contains("users.extra"),
        "{notes}"
    );
    // One of them is behind: its own ledger says so, and what it lacks is no drift.
    admin.run("DELETE FROM t_three.schema_migrations; DROP SCHEMA t_three CASCADE; CREATE SCHEMA t_three; CREATE TABLE t_three.schema_migrations (version varchar PRIMARY KEY)");
    let behind = check(&repo).code(1);
    assert_eq!(found(&behind), ["pending-migration: migration 1 (one) has not been applied to dev/t_three"]);
}

/// What a tool has run in each database.
const IN_MARIADB: &str = "\
CREATE TABLE users (id bigint PRIMARY KEY, kind varchar(5) CHECK (kind IN ('a', 'b')));
CREATE TABLE orders (id int PRIMARY KEY, buyer bigint, FOREIGN KEY (buyer) REFERENCES users (id));
CREATE INDEX by_id ON orders (id, buyer);
CREATE VIEW buyers AS SELECT u.id, u.kind FROM users u JOIN orders o ON o.buyer = u.id;
";

#[test]
fn each_database_of_a_mariadb_server_is_held_against_one_replay() {
    let server = mysql::Server::shared();
    let database = server.create();
    let name = |tenant: &str| format!("{database}_{tenant}");
    for tenant in ["one", "two", "three"].map(name) {
        server.run(
            &database,
            &format!(
                "CREATE DATABASE {tenant}; USE {tenant}; {IN_MARIADB} \
                 CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1');"
            ),
        );
    }
    let repo = TestRepo::new();
    repo.write("db/migrations/1_one.sql", format!("-- migrate:up\n{IN_MARIADB}-- migrate:down\n"));
    let config = format!(
        "[[migrations]]\ntool = \"dbmate\"\ndir = \"db/migrations\"\n\n[databases.dev]\nurl = \"{}\"\n\
         schemas = [\"{database}_*\"]\nrequired = true\ntimeout = \"60s\"\nat = [\"ci\"]\nchecks = [\"ledger\", \"drift\"]\n",
        server.socket_url("root", &database)
    );
    repo.write("guard.toml", &config);
    repo.commit("migrations");
    repo.commit_file("code", "elsewhere");
    let clean = check(&repo).code(0);
    assert_eq!((found(&clean), clean.json()["outages"].to_string()), (Vec::new(), "[]".to_owned()));
    let objects = clean.json()["examined"]["objects"].as_u64().unwrap();
    assert!(objects > 3 * 8 && objects.is_multiple_of(3), "{objects}");

    let (one, two, three) = (name("one"), name("two"), name("three"));
    server.run(&two, "ALTER TABLE users ADD COLUMN extra int");
    let said = found(&check(&repo).code(1));
    assert_eq!(
        said,
        [format!("unexpected-object: column {two}.users.extra is in dev/{two}, and no migration makes it")]
    );
    // The same in two of them is one finding. A view names the database in which it lies, so that one stands by itself.
    server.run(&three, "ALTER TABLE users ADD COLUMN extra int");
    server.run(&one, "ALTER VIEW buyers AS SELECT u.id FROM users u");
    let said = found(&check(&repo).code(1));
    let extra =
        "unexpected-object: column users.extra is in dev, and no migration makes it, in 2 of 3 schemas";
    assert!(said.iter().any(|said| said == extra), "{said:?}");
    assert!(said.iter().any(|said| said.contains(&format!("view {one}.buyers"))), "{said:?}");
    assert_eq!(said.len(), 2, "{said:?}");
    repo.write("guard.toml", format!("{config}\n[schema]\nignore = [\"*.users.extra\", \"{one}.buyers\"]\n"));
    repo.commit("ignore");
    assert_eq!(found(&check(&repo).code(0)), [""; 0]);
}
