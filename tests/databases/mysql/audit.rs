//! The built guard holds the schema of a MariaDB database against its migrations: what was done by hand is said, what a right is
//! missing for is said, and the server hears nothing but questions.

use super::MySql;
use crate::support::TestRepo;
use crate::support::mysql::Server;

const MIGRATIONS: [(&str, &str); 3] = [
    (
        "1_users",
        "CREATE TABLE users (id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) NOT NULL, doc JSON);\n",
    ),
    (
        "2_orders",
        "CREATE TABLE orders (id INT PRIMARY KEY, buyer BIGINT, FOREIGN KEY (buyer) REFERENCES users (id));\n\
         CREATE VIEW buyers AS SELECT name FROM users JOIN orders ON buyer = users.id;\n",
    ),
    (
        "3_touched",
        "CREATE TRIGGER touched BEFORE INSERT ON users FOR EACH ROW BEGIN SET new.name = 'x'; SET new.doc = '{}'; END;\n",
    ),
];

/// Three migrations of sqlx, applied, in a repository whose database is read by a user of these rights.
fn shop(server: &'static Server, rights: &str) -> (TestRepo, MySql) {
    use sha2::{Digest as _, Sha384};
    let mysql = MySql { server, database: server.create() };
    let repo = TestRepo::new();
    let mut script = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
                      installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
                      checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);\n"
        .to_owned();
    for (name, text) in MIGRATIONS {
        repo.write(format!("migrations/{name}.sql"), text);
        let (number, title) = name.split_once('_').unwrap();
        let digest: String = Sha384::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        script.push_str(&format!(
            "DELIMITER //\n{text}//\nDELIMITER ;\nINSERT INTO _sqlx_migrations VALUES ({number}, '{title}', NOW(), TRUE, X'{digest}', 1);\n"
        ));
    }
    // The client takes one statement at a time, and the second file has two.
    let script = script.replace("(id));\nCREATE VIEW", "(id))//\nCREATE VIEW");
    server.run(&mysql.database, &script);
    let (user, database) = (format!("reader_{}", mysql.database), &mysql.database);
    server.run(
        "mysql",
        &format!("CREATE USER {user}@'%'; GRANT {rights} ON {database}.* TO {user}@'%'; GRANT SELECT ON mysql.proc TO {user}@'%'"),
    );
    let url = server.socket_url(&user, database);
    repo.write(
        "guard.toml",
            "[[migrations]]\ntool = \"sqlx\"\ndir = \"migrations\"\n\n[databases.dev]\nurl = { env-file = \".env\", key = \"URL\" }\n\
             required = true\ntimeout = \"60s\"\nat = [\"commit\"]\nchecks = [\"ledger\", \"drift\"]\n",
    );
    repo.write(".env", format!("URL='{url}'\n"));
    repo.write(".gitignore", ".env\n");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "begin"]);
    (repo, mysql)
}

const ALL: &str = "SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE";

#[test]
fn an_audit_is_silent_where_all_is_in_step_and_says_what_was_done_by_hand() {
    let (repo, mysql) = shop(Server::shared(), ALL);
    let report = repo.guard(&["audit", "dev", "--format", "json"]).success();
    assert_eq!(report.rules(), [""; 0]);
    assert!(
        !report.out().contains("not examined") && !report.out().contains("nobody has examined"),
        "{}",
        report.out()
    );
    super::super::Engine::run(
        &mysql,
        "CREATE INDEX fast ON users (name(5)); ALTER TABLE users MODIFY name VARCHAR(30) NOT NULL; DROP TRIGGER touched; CREATE TABLE extra (x int)",
    );
    for command in [&["audit", "dev", "--format", "json"][..], &["check", "--format", "json"]] {
        let report = repo.guard(command);
        let rules = ["recorded-not-executed", "altered-object", "unexpected-object"];
        let mut found = report.rules();
        found.sort_by_key(|rule| rules.iter().position(|known| known == rule));
        assert_eq!(found, rules, "{}", report.out());
        assert!(report.out().contains("MariaDB"), "{}", report.out());
    }
    let human = repo.guard(&["audit", "dev"]).code(1);
    assert!(human.out().contains("3_touched") && human.out().contains("index users.fast"), "{}", human.out());
}

#[test]
fn what_nobody_may_see_is_named_and_not_missed() {
    let (repo, _mysql) = shop(Server::shared(), "SELECT");
    let report = repo.guard(&["audit", "dev"]).success();
    let said = report.out().replace("\n  ", " ");
    assert!(
        said.contains("not examined in the schema of \"dev\"") && said.contains("every trigger"),
        "{said}{}",
        report.err()
    );
    assert!(said.contains("every event") && said.contains("definition of every view"), "{said}");
}

/// The statements that a reading session may begin with; no other is ever sent.
const QUESTIONS: [&str; 5] =
    ["SET SESSION ", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", "SELECT ", "SHOW ", "SET "];

#[test]
fn the_server_hears_nothing_but_questions() {
    let server: &'static Server =
        Box::leak(Box::new(Server::start("--general-log=1 --general-log-file=queries")));
    let (repo, mysql) = shop(server, ALL);
    repo.guard(&["audit", "dev"]).success();
    repo.guard(&["check"]).success();
    super::super::Engine::run(&mysql, "DROP VIEW buyers; ALTER TABLE users ADD extra int");
    repo.guard(&["audit", "dev"]).code(1);
    let log = std::fs::read_to_string(format!("{}/data/queries", server.dir.display())).unwrap();
    let user = format!("reader_{}@", mysql.database);
    let own: Vec<&str> = log
        .split('\n')
        .filter_map(|line| line.split_once("Connect\t").filter(|(_, who)| who.starts_with(&user)))
        .filter_map(|(head, _)| head.split_whitespace().last())
        .collect();
    assert!(own.len() >= 3, "{own:?}");
    let mut heard = 0;
    for line in log.split('\n') {
        let Some((head, statement)) = line.split_once("Query\t") else { continue };
        if !head.split_whitespace().last().is_some_and(|id| own.contains(&id)) {
            continue;
        }
        heard += 1;
        assert!(QUESTIONS.iter().any(|begin| statement.starts_with(begin)), "{statement}");
        let upper = statement.to_ascii_uppercase();
        assert!(!upper.contains("GLOBAL ") || upper.starts_with("SHOW GLOBAL VARIABLES"), "{statement}");
        assert!(!upper.contains(" INTO ") && !upper.contains("FOR UPDATE"), "{statement}");
    }
    assert!(heard > 60, "{heard}\n{log}");
}
