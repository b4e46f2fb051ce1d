//! A real server, and migrations that want more than their schema.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use super::*;
use crate::config::env;

/// A cache that these tests share: the first makes the data, the others copy them.
fn cache() -> &'static Path {
    static CACHE: OnceLock<tempfile::TempDir> = OnceLock::new();
    CACHE.get_or_init(|| tempfile::tempdir().unwrap()).path()
}

fn server() -> Server {
    server_like(&Surroundings::default(), Duration::from_secs(60))
}

fn server_like(live: &Surroundings, time: Duration) -> Server {
    let lookup = |name: &str| match name {
        "XDG_CACHE_HOME" => Some(cache().to_str().unwrap().to_owned()),
        other => env::get(other),
    };
    let like = Like { database: Some("shop"), live: Some(live), ..Like::new(&lookup) };
    Server::open(&like, Instant::now() + time).expect("mariadbd is on this machine: ./test.sh brings it")
}

fn directory(server: &Server) -> &Path {
    match &server.home {
        Home::Own(keeper) => &keeper.dir,
        Home::Guest(_) => unreachable!("it is guard's own"),
    }
}

fn script(text: &str) -> Script {
    Script { text: text.to_owned(), line: 1, transaction: true }
}

fn ids(server: &mut Server) -> Vec<String> {
    let ids = server.schema().unwrap().0.into_keys();
    ids.map(|id| id.to_string()).filter(|id| id != "database default").collect()
}

fn refusal(server: &mut Server, text: &str) -> String {
    server.run(&script(text), usize::MAX).expect_err(text).to_string()
}

#[test]
fn a_migration_runs_as_its_tool_would_run_it() {
    let mut server = server();
    assert_eq!(ids(&mut server), [""; 0]);
    server.run(&script("CREATE TABLE a (x int); CREATE VIEW v AS SELECT x FROM a;"), usize::MAX).unwrap();
    assert_eq!(ids(&mut server), ["table a", "column a.x", "view v"]);
    let wrong = "CREATE TABLE b (x int);\n\n-- why\nCREATE TABLE a (x int);\nSELECT 1";
    assert_eq!(refusal(&mut server, wrong), "line 4: Table 'a' already exists");
    // What runs before it stays: these servers end a transaction with each such statement.
    assert_eq!(ids(&mut server), ["table a", "column a.x", "table b", "column b.x", "view v"]);
    let two = script("CREATE TABLE c (x int); CREATE TABLE d (x int)");
    server.run(&two, 1).unwrap();
    assert_eq!(server.count(&two), 2);
    assert!(!ids(&mut server).contains(&"table d".to_owned()));
    for _ in 0..2 {
        server.clear().unwrap();
        assert_eq!(ids(&mut server), [""; 0]);
        server.run(&script("LOCK TABLES mysql.x READ"), usize::MAX).unwrap_err();
        server.run(&script("CREATE TABLE a (x int); LOCK TABLES a WRITE"), usize::MAX).unwrap();
    }
}

#[test]
fn no_migration_sees_what_another_has_set() {
    let mut server = server();
    let mode = server.session().unwrap().ask("SELECT @@sql_mode").unwrap().concat();
    let probe = format!(
        "CREATE TABLE p (x int); INSERT INTO p SELECT 1 FROM DUAL WHERE @a IS NULL AND @@sql_mode = '{mode}' AND DATABASE() = 'shop'; \
         CREATE TABLE q (x int)"
    );
    for text in [
        "CREATE TABLE a (x int); INSERT INTO a VALUES (1); ALTER TABLE a ADD y int; DROP TABLE a",
        "SET @a = 1, sql_mode = 'ANSI_QUOTES'",
        "CREATE TABLE a (x int); INSERT INTO a SELECT @a := 1; DROP TABLE a",
        "CREATE OR REPLACE DATABASE shop",
        "CREATE TEMPORARY TABLE q (y int)",
        "CREATE TABLE a (x int); LOCK TABLES a WRITE; INSERT INTO a VALUES (1)",
        "START TRANSACTION; INSERT INTO a VALUES (1)",
    ] {
        server.run(&script(text), usize::MAX).unwrap();
        server.run(&script(&probe), usize::MAX).unwrap();
        let session = server.session().unwrap();
        assert_eq!(session.ask("SELECT count(*) FROM p").unwrap(), ["1"], "{text}");
        assert!(session.send("INSERT INTO q (x) VALUES (1)").unwrap().is_ok(), "{text}");
        server.run(&script("DROP TABLE p; DROP TABLE q"), usize::MAX).unwrap();
    }
}

#[test]
fn what_real_migrations_do_works() {
    let mut server = server();
    for text in [
        "DROP DATABASE shop; CREATE DATABASE shop; CREATE DATABASE IF NOT EXISTS shop; USE shop; CREATE TABLE a (id int PRIMARY KEY AUTO_INCREMENT, x varchar(20));",
        "START TRANSACTION; INSERT INTO a (x) VALUES ('a\\'b;'), (\"c;\"); UPDATE a SET x = 'd'; COMMIT;",
        "SET FOREIGN_KEY_CHECKS=0; CREATE TABLE b (id int, a int, FOREIGN KEY (a) REFERENCES later (id)); SET FOREIGN_KEY_CHECKS=1;",
        "CREATE TABLE later (id int PRIMARY KEY);",
        "DELIMITER //\nCREATE DEFINER=`root`@`%` TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET new.x = 1; END//\nDELIMITER ;",
        "CREATE DEFINER = 'app'@'10.%' PROCEDURE p() BEGIN SELECT 1; END; CREATE DEFINER=CURRENT_USER() FUNCTION f() RETURNS int RETURN 1;",
        "CREATE ALGORITHM=MERGE DEFINER=`x y`@localhost SQL SECURITY DEFINER VIEW v AS SELECT x FROM a;",
        "GRANT SELECT ON shop.* TO app@'%'; CREATE USER app; REVOKE ALL ON shop.* FROM app; FLUSH PRIVILEGES; SET PASSWORD FOR app = 'x';",
        "SET GLOBAL log_bin_trust_function_creators = 1; SET @@GLOBAL.sql_mode = ''; SET NAMES utf8mb4;",
        "CREATE DATABASE reports; CREATE TABLE reports.r (id int); INSERT INTO reports.r SELECT id FROM a;",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a; CALL p2('x'); CALL p3(); SELECT 1",
        "LOCK TABLES a WRITE; /*!40000 ALTER TABLE a DISABLE KEYS */; INSERT INTO a VALUES (9, 'x'); UNLOCK TABLES;",
        "",
    ] {
        if text.contains("p2") {
            let answers = "CREATE PROCEDURE p3() BEGIN SELECT 1; SELECT x FROM a; SELECT 2 WHERE 1 = 0; END";
            server.run(&script(answers), usize::MAX).unwrap();
            server
                .run(&script("CREATE PROCEDURE p2(x text) INSERT INTO a (x) VALUES (x)"), usize::MAX)
                .unwrap();
        }
        server.run(&script(text), usize::MAX).unwrap_or_else(|trouble| panic!("{text}: {trouble}"));
    }
    let ids = ids(&mut server);
    for id in ["foreign key b.b_ibfk_1", "trigger a.t", "procedure p", "function f", "view v", "event e"] {
        assert!(ids.iter().any(|known| known == id), "{id}: {ids:?}");
    }
    assert!(
        !ids.iter().any(|id| id.starts_with("definer") || id.contains("reports") || id.contains("collation")),
        "{ids:?}"
    );
    assert_eq!(server.admin.ask("SELECT @@skip_networking").unwrap(), ["1"]);
    server.clear().unwrap();
    assert_eq!(server.admin.ask("SHOW DATABASES LIKE 'reports'").unwrap(), [""; 0]);
}

#[test]
fn the_server_is_set_like_the_live_one() {
    let settings = [
        ("sql_mode", "ANSI_QUOTES,NO_ENGINE_SUBSTITUTION"),
        ("character_set_server", "latin1"),
        ("collation_server", "latin1_german1_ci"),
        ("character_set_database", "utf8mb4"),
        ("collation_database", "utf8mb4_bin"),
        ("lower_case_table_names", "1"),
        ("explicit_defaults_for_timestamp", "OFF"),
        ("default_storage_engine", "MyISAM"),
        ("time_zone", "+02:00"),
        ("innodb_strict_mode", "OFF; touch x"),
    ];
    let live = Surroundings {
        engine: "MariaDB 10.11.1".to_owned(),
        database: Some("elsewhere".to_owned()),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    };
    let mut server = server_like(&live, Duration::from_secs(60));
    server.run(&script("CREATE TABLE \"A\" (x varchar(9) DEFAULT 'y', t timestamp)"), usize::MAX).unwrap();
    let schema = server.schema().unwrap();
    let get = |id: ObjectId, name: &str| schema.0[&id].get(name).map(str::to_owned);
    assert_eq!(get(ObjectId::root("table", "", "a"), "engine").as_deref(), Some("MyISAM"));
    assert_eq!(get(ObjectId::below("column", "", "a", "x"), "collation").as_deref(), Some("utf8mb4_bin"));
    assert_eq!(get(ObjectId::below("column", "", "a", "t"), "not null").as_deref(), Some("yes"));
    assert_eq!(server.admin.ask("SELECT @@GLOBAL.time_zone").unwrap(), ["+02:00"]);
    assert_eq!(server.admin.ask("SELECT @@GLOBAL.innodb_strict_mode").unwrap(), ["1"]);
    assert_eq!(server.admin.ask("SELECT DATABASE()").unwrap(), ["shop"]);
    assert!(server.name().starts_with("MariaDB 10."), "{}", server.name());
}

#[test]
fn a_server_of_the_other_family_does_not_do() {
    let live = Surroundings { engine: "MySQL 8.0.36".to_owned(), ..Surroundings::default() };
    let like = Like { live: Some(&live), ..Like::new(&|_| None) };
    match Server::open(&like, Instant::now() + Duration::from_secs(60)) {
        Err(DbError::Failed(what)) => assert!(what.contains("mysqld"), "{what}"),
        Err(other) => panic!("{other}"),
        Ok(server) => assert!(server.name().starts_with("MySQL 8")),
    }
}

#[test]
fn foreign_code_reaches_nothing_and_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("written");
    let file = file.display();
    let mut server = server();
    server.run(&script("CREATE TABLE t (x text)"), usize::MAX).unwrap();
    for text in [
        format!("SELECT 'x' INTO OUTFILE '{file}'"),
        format!("SELECT 'x' INTO DUMPFILE '{file}'"),
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE t".to_owned(),
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t".to_owned(),
        "LOAD XML INFILE '/etc/passwd' INTO TABLE t".to_owned(),
        "INSTALL PLUGIN federated SONAME 'ha_federatedx.so'".to_owned(),
        "INSTALL SONAME 'ha_federatedx'".to_owned(),
        "CREATE FUNCTION sys_exec RETURNS int SONAME 'lib_mysqludf_sys.so'".to_owned(),
        "CREATE TABLE f (x int) ENGINE=FEDERATED CONNECTION='mysql://root@127.0.0.1/x/y'".to_owned(),
        "CREATE TABLE f (x int) ENGINE=CONNECT TABLE_TYPE=DOS FILE_NAME='/etc/passwd'".to_owned(),
        "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1')".to_owned(),
        "CHANGE MASTER TO MASTER_HOST='127.0.0.1'".to_owned(),
        "SHUTDOWN".to_owned(),
        "SELECT * FROM mysql.global_priv".to_owned(),
        "INSERT INTO mysql.global_priv VALUES ('%', 'x', '{}')".to_owned(),
        "CREATE TABLE mysql.mine (x int)".to_owned(),
        "KILL 1".to_owned(),
        "BACKUP STAGE START".to_owned(),
        "PURGE BINARY LOGS BEFORE NOW()".to_owned(),
        format!("CREATE TABLE d (x int) DATA DIRECTORY='{}'", folder.path().display()),
        format!("CREATE TABLE d (x int) ENGINE=MyISAM DATA DIRECTORY='{}'", folder.path().display()),
    ] {
        let outcome = server.run(&script(&text), usize::MAX);
        // A directory for a table is not heard of where links are not allowed.
        assert!(matches!(outcome, Err(Trouble::Refused { .. })) || text.contains("DIRECTORY"), "{text}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{text}");
        let _ = server.run(&script("DROP TABLE IF EXISTS d"), usize::MAX);
    }
}

#[test]
fn foreign_code_gets_no_rights_and_has_an_end() {
    let mut server = server();
    // What would give rights, or set the server, is left out.
    for text in [
        "GRANT ALL ON *.* TO guard@localhost",
        "GRANT FILE ON *.* TO guard@localhost",
        "CREATE USER x@localhost",
        "ALTER USER root@localhost IDENTIFIED BY 'x'",
        "SET GLOBAL general_log_file = '/tmp/guard-written'",
        "SET GLOBAL general_log = 1",
        "SET GLOBAL local_infile = 1",
        "SET GLOBAL event_scheduler = 1",
        "SET PASSWORD FOR root@localhost = PASSWORD('x')",
    ] {
        let _ = server.run(&script(text), usize::MAX);
    }
    let definer = "CREATE DEFINER=root@localhost PROCEDURE p() SQL SECURITY DEFINER SET GLOBAL general_log = 1; CALL p()";
    let _ = server.run(&script(definer), usize::MAX);
    let asked = "SELECT CONCAT(@@GLOBAL.general_log, @@GLOBAL.local_infile, @@GLOBAL.event_scheduler, \
                 (SELECT COUNT(*) FROM mysql.global_priv WHERE User = 'x'))";
    assert_eq!(server.admin.ask(asked).unwrap(), ["OFFOFFOFF0"]);
    let grants = server.session().unwrap().ask("SHOW GRANTS").unwrap();
    assert_eq!(
        grants,
        [
            "GRANT USAGE ON *.* TO `guard`@`localhost`",
            "GRANT ALL PRIVILEGES ON `shop`.* TO `guard`@`localhost`"
        ]
    );
    assert_eq!(server.session().unwrap().ask("SELECT LOAD_FILE('/etc/passwd') IS NULL").unwrap(), ["1"]);
    drop(server);
    let begin = Instant::now();
    let mut server = server_like(&Surroundings::default(), Duration::from_secs(8));
    assert!(matches!(
        server.run(&script("SELECT SLEEP(1000)"), usize::MAX),
        Err(Trouble::Gone(DbError::TimedOut))
    ));
    let dir = directory(&server).to_owned();
    drop(server);
    assert!(begin.elapsed() < Duration::from_secs(40));
    assert!(!dir.exists(), "{}", dir.display());
}

#[test]
fn the_server_is_gone_when_its_user_is_killed() {
    const NAME: &str = "expected::mysql::tests::the_server_is_gone_when_its_user_is_killed";
    if let Some(file) = env::get("GUARD_TEST_KILLED") {
        let server = server();
        std::fs::write(file, directory(&server).to_str().unwrap()).unwrap();
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("where");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([NAME, "--exact"]).env("GUARD_TEST_KILLED", &file).stdout(Stdio::null());
    let mut child = child.spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    let dir = loop {
        match std::fs::read_to_string(&file) {
            Ok(dir) if !dir.is_empty() => break dir,
            _ => assert!(Instant::now() < end, "no server"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let pid = std::fs::read_to_string(format!("{dir}/pid")).unwrap();
    let process = format!("/proc/{}", pid.trim());
    assert!(!cfg!(target_os = "linux") || Path::new(&process).exists());
    child.kill().unwrap();
    child.wait().unwrap();
    while Path::new(&dir).exists() || (cfg!(target_os = "linux") && Path::new(&process).exists()) {
        assert!(Instant::now() < end, "{dir} and {process} are still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn definers_are_taken_out_of_a_statement_and_nothing_else() {
    for (text, instead) in [
        ("CREATE DEFINER=`a`@`%` VIEW v AS SELECT 1", "CREATE  VIEW v AS SELECT 1"),
        ("CREATE DEFINER = a@localhost PROCEDURE p() SELECT 1", "CREATE  PROCEDURE p() SELECT 1"),
        (
            "/*!50003 CREATE*/ /*!50017 DEFINER='a b'@'x'*/ /*!50003 TRIGGER",
            "/*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER",
        ),
        ("CREATE SQL SECURITY DEFINER DEFINER=CURRENT_USER() VIEW v", "CREATE SQL SECURITY DEFINER  VIEW v"),
        ("CREATE DEFINER=admin TRIGGER t", "CREATE  TRIGGER t"),
    ] {
        assert_eq!(without_definer(text).as_deref(), Some(instead));
    }
    assert_eq!(without_definer("CREATE SQL SECURITY DEFINER VIEW v"), None);
    assert_eq!(without_definer("CREATE DEFINER=`a"), None);
}

#[test]
fn statements_that_leave_nothing_in_their_session_run_by_themselves() {
    let server = server();
    let texts = |text: &str| -> Vec<String> {
        server.pieces(&script(text)).into_iter().map(|piece| piece.text).collect()
    };
    let body = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET new.x = 1; SET new.y = 2; END";
    assert_eq!(
        texts(&format!(
            "ALTER TABLE a ADD y int;\nUPDATE a SET y = ';';\nDELIMITER //\n{body}//\nDELIMITER ;"
        )),
        ["ALTER TABLE a ADD y int", "UPDATE a SET y = ';'", body]
    );
    for text in ["SET @x = 1; INSERT INTO a VALUES (@x)", "CREATE TEMPORARY TABLE b (x int); DROP TABLE b"] {
        assert_eq!(texts(text), [""; 0], "{text}");
    }
}
