//! A real server, and migrations that want more than their schema.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::config::env;
use crate::db::PgWatcher;
use crate::model::RIGHTS;

/// A cache that these tests share: the first makes the cluster, the others copy it.
fn cache() -> &'static Path {
    static CACHE: OnceLock<tempfile::TempDir> = OnceLock::new();
    CACHE.get_or_init(|| tempfile::tempdir().unwrap()).path()
}

fn server() -> Server {
    server_called("shop", Duration::from_secs(60))
}

fn server_called(database: &str, time: Duration) -> Server {
    let lookup = |name: &str| match name {
        "XDG_CACHE_HOME" => Some(cache().to_str().unwrap().to_owned()),
        other => env::get(other),
    };
    let like = Like { major: Some(15), database: Some(database), ..Like::new(&lookup) };
    Server::open(&like, Instant::now() + time)
        .expect("initdb and postgres are on this machine: ./test.sh brings them")
}

fn directory(server: &Server) -> &Path {
    match &server.home {
        Home::Own(cluster) => &cluster.dir,
        Home::Guest(_) => unreachable!("it is guard's own"),
    }
}

fn script(text: &str) -> Script {
    Script { text: text.to_owned(), line: 1, transaction: true }
}

fn bare(text: &str) -> Script {
    Script { transaction: false, ..script(text) }
}

fn ids(server: &mut Server) -> Vec<String> {
    server
        .schema()
        .unwrap()
        .0
        .into_keys()
        .filter(|id| !RIGHTS.contains(&id.kind))
        .map(|id| id.to_string())
        .filter(|id| id != "schema public" && id != "extension plpgsql")
        .collect()
}

fn refusal(server: &mut Server, script: &Script) -> String {
    server.run(script, usize::MAX).expect_err(&script.text).to_string()
}

#[test]
fn an_extension_of_a_superuser_is_made_where_it_is_harmless() {
    let mut server = server();
    let text = "CREATE TABLE a (x int);\nCREATE EXTENSION IF NOT EXISTS \"pg_stat_statements\" WITH SCHEMA public;\n\
                CREATE TABLE b (x int);";
    server.run(&script(text), usize::MAX).unwrap();
    server.run(&bare("CREATE SCHEMA own; CREATE EXTENSION moddatetime SCHEMA own"), usize::MAX).unwrap();
    server.run(&script("CREATE EXTENSION IF NOT EXISTS earthdistance CASCADE"), usize::MAX).unwrap();
    let made = ids(&mut server);
    for id in
        ["pg_stat_statements", "moddatetime", "earthdistance", "cube"].map(|name| format!("extension {name}"))
    {
        assert!(made.contains(&id), "{id}: {made:?}");
    }
    for id in ["table public.a", "table public.b"] {
        assert!(made.contains(&id.to_owned()), "{id}: {made:?}");
    }
    // Functions that its script could mean are there, or it is no extension of that kind.
    server.clear().unwrap();
    let own = script("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    server.run(&own, usize::MAX).unwrap();
    for name in ["bloom", "dblink"] {
        let said = refusal(&mut server, &script(&format!("CREATE EXTENSION {name}")));
        assert!(said.contains("permission denied to create extension"), "{said}");
    }
}

#[test]
fn a_migration_runs_whole_or_not_at_all() {
    let mut server = server();
    assert_eq!(ids(&mut server), [""; 0]);
    server.run(&script("CREATE TABLE a (x int); CREATE VIEW v AS SELECT x FROM a;"), usize::MAX).unwrap();
    assert_eq!(ids(&mut server), ["table public.a", "column public.a.x", "view public.v"]);
    let wrong = script("CREATE TABLE b (x int);\n\n-- why\nCREATE TABLE a (x int);\nSELECT 1");
    assert_eq!(refusal(&mut server, &wrong), "line 4: relation \"a\" already exists");
    let wrong = script("CREATE TABLE b (x int);\nCREATE TABEL c (x int);\nSELECT 1");
    assert_eq!(refusal(&mut server, &wrong), "line 2: syntax error at or near \"TABEL\"");
    let late =
        "CREATE TABLE b (x int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO b VALUES (1), (1)";
    assert!(refusal(&mut server, &script(late)).starts_with("line 2: duplicate key"));
    assert_eq!(ids(&mut server), ["table public.a", "column public.a.x", "view public.v"]);
    server.run(&script("CREATE TABLE b (x int); CREATE TABLE c (x int)"), 1).unwrap();
    assert_eq!(server.count(&script("CREATE TABLE b (x int); CREATE TABLE c (x int)")), 2);
    assert!(ids(&mut server).contains(&"table public.b".to_owned()));
    assert!(!ids(&mut server).contains(&"table public.c".to_owned()));
    for _ in 0..2 {
        server.clear().unwrap();
        assert_eq!(ids(&mut server), [""; 0]);
        server.run(&script("CREATE ROLE app; CREATE TABLE a (x int)"), usize::MAX).unwrap();
    }
}

#[test]
fn what_real_migrations_do_works() {
    let mut server = server();
    for text in [
        "CREATE EXTENSION IF NOT EXISTS pgcrypto; CREATE TABLE a (x uuid DEFAULT gen_random_uuid());",
        "BEGIN; CREATE TABLE b (x int); COMMIT;",
        "CREATE INDEX CONCURRENTLY i ON b (x);",
        "CREATE TYPE t AS ENUM ('a'); ALTER TYPE t ADD VALUE 'b'; CREATE TABLE c (x t DEFAULT 'b');",
        "GRANT SELECT ON a TO reader; ALTER TABLE b OWNER TO \"the app\"; CREATE POLICY p ON a TO reader, writer;",
        "CREATE SCHEMA s; CREATE TABLE s.t (x int); ALTER TABLE s.t OWNER TO deployer; COMMENT ON SCHEMA public IS 'x';",
        "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.d (x int);",
        "CREATE TABLE e (x int); COPY e (x) FROM stdin;\n1\n\\.\nALTER TABLE e ADD y int;",
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'late') THEN CREATE ROLE late LOGIN; END IF; END $$;",
        "ALTER DATABASE shop SET timezone TO 'UTC'; ALTER DEFAULT PRIVILEGES FOR ROLE late GRANT SELECT ON TABLES TO reader;",
        "SET ROLE late; RESET ROLE; DROP TABLE d;",
        "SET session_replication_role = replica; ALTER TABLE b DISABLE TRIGGER ALL; ALTER TABLE b ENABLE TRIGGER ALL;",
        "CREATE TABLE g (x int PRIMARY KEY); ALTER TABLE b ADD FOREIGN KEY (x) REFERENCES g; \
         ALTER TABLE b DISABLE TRIGGER ALL; UPDATE b SET x = 1; ALTER TABLE b ENABLE TRIGGER ALL;",
        "COMMENT ON EXTENSION plpgsql IS 'x'; REVOKE ALL ON SCHEMA public FROM guard_admin;",
        "",
    ] {
        server.run(&script(text), usize::MAX).unwrap_or_else(|trouble| panic!("{text}: {trouble}"));
    }
    server
        .run(&bare("CREATE TABLE f (x int); VACUUM f; CREATE INDEX CONCURRENTLY j ON f (x)"), usize::MAX)
        .unwrap();
    let ids = ids(&mut server);
    for id in ["column public.e.y", "index public.b.i", "index public.f.j", "table s.t", "policy public.a.p"]
    {
        assert!(ids.iter().any(|known| known == id), "{id}: {ids:?}");
    }
    assert_eq!(
        refusal(&mut server, &script("SELECT 1;\n\\i x.sql")),
        "line 2: this is a command of psql, and no other program knows it"
    );
    assert_eq!(server.admin.ask("SELECT current_setting('listen_addresses')").unwrap(), [""]);
}

#[test]
fn foreign_code_reaches_nothing_and_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("written");
    let file = file.display();
    let mut server = server();
    server.run(&script("CREATE TABLE t (x text); CREATE ROLE me LOGIN"), usize::MAX).unwrap();
    for text in [
        format!("COPY t TO PROGRAM 'touch {file}'"),
        format!("COPY t TO '{file}'"),
        "COPY t FROM '/etc/passwd'".to_owned(),
        "COPY t FROM PROGRAM 'id'".to_owned(),
        "GRANT pg_execute_server_program TO postgres".to_owned(),
        "GRANT pg_read_server_files TO postgres".to_owned(),
        "GRANT pg_write_server_files TO me".to_owned(),
        "ALTER ROLE postgres SUPERUSER".to_owned(),
        "ALTER ROLE guard_admin SET search_path TO public".to_owned(),
        "CREATE ROLE other SUPERUSER".to_owned(),
        "SELECT pg_read_file('/etc/passwd')".to_owned(),
        "SELECT pg_ls_dir('/')".to_owned(),
        "SELECT lo_import('/etc/passwd')".to_owned(),
        "CREATE EXTENSION dblink".to_owned(),
        "CREATE EXTENSION postgres_fdw".to_owned(),
        "CREATE EXTENSION file_fdw".to_owned(),
        "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p".to_owned(),
        "ALTER SYSTEM SET archive_command TO 'id'".to_owned(),
        "LOAD '/tmp/x.so'".to_owned(),
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/lib/x86_64-linux-gnu/libc.so.6', 'system'"
            .to_owned(),
        "CREATE LANGUAGE plpython3u".to_owned(),
        "CREATE DATABASE other".to_owned(),
        "DROP DATABASE template1".to_owned(),
        "SELECT pg_reload_conf()".to_owned(),
        "UPDATE pg_authid SET rolsuper = true".to_owned(),
    ] {
        for script in [script(&text), bare(&text)] {
            let trouble = server.run(&script, usize::MAX).expect_err(&text);
            assert!(matches!(trouble, Trouble::Refused { .. }), "{text}: {trouble}");
        }
        assert!(!folder.path().join("written").exists(), "{text}");
    }
    // What would give rights is left out, or refused: there are none afterwards.
    for text in [
        "GRANT guard_admin TO postgres",
        "SET ROLE guard_admin",
        "SET SESSION AUTHORIZATION guard_admin",
        "ALTER TABLE t OWNER TO guard_admin; SET ROLE guard_admin",
        "SET session_preload_libraries TO 'x'",
    ] {
        for script in [script(text), bare(text)] {
            let _ = server.run(&script, usize::MAX);
            assert_eq!(
                server.session().unwrap().ask("SELECT current_setting('is_superuser')").unwrap(),
                ["off"]
            );
        }
        assert!(
            refusal(&mut server, &script("COPY t FROM '/etc/passwd'")).contains("pg_read_server_files"),
            "{text}"
        );
    }
    let of_admin =
        "SELECT m.member::regrole::text FROM pg_auth_members m WHERE m.roleid = 'guard_admin'::regrole";
    assert_eq!(server.admin.ask(of_admin).unwrap(), [""; 0]);
    drop(server);
    let begin = Instant::now();
    let mut server = server_called("shop", Duration::from_secs(8));
    let endless = script("SET statement_timeout = 0; SELECT pg_sleep(1000)");
    assert!(matches!(server.run(&endless, usize::MAX), Err(Trouble::Gone(DbError::TimedOut))));
    let dir = directory(&server).to_owned();
    drop(server);
    assert!(begin.elapsed() < Duration::from_secs(40));
    assert!(!dir.exists(), "{}", dir.display());
}

#[test]
fn the_server_is_gone_when_its_user_is_killed() {
    const NAME: &str = "expected::postgres::tests::the_server_is_gone_when_its_user_is_killed";
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
    let pid = std::fs::read_to_string(format!("{dir}/data/postmaster.pid")).unwrap();
    let pid = pid.split('\n').next().unwrap().to_owned();
    child.kill().unwrap();
    child.wait().unwrap();
    let process = format!("/proc/{pid}");
    while Path::new(&dir).exists() || (cfg!(target_os = "linux") && Path::new(&process).exists()) {
        assert!(Instant::now() < end, "{dir} and {process} are still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn functions_are_leakproof_where_the_migrations_say_so() {
    let mut server = server();
    for (script, name) in [(script as fn(&str) -> Script, "a"), (bare, "b")] {
        let text = format!(
            "CREATE TABLE t_{name} (x int); CREATE FUNCTION {name}(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
             CREATE FUNCTION {name}(text) RETURNS int LEAKPROOF LANGUAGE sql AS $$ SELECT 1 -- LEAKPROOF $$;
             CREATE FUNCTION other_{name}() RETURNS int LANGUAGE sql AS 'SELECT 2';
             ALTER FUNCTION other_{name}() LEAKPROOF; CREATE VIEW v_{name} AS SELECT {name}('x'::text) AS x;"
        );
        server.run(&script(&text), usize::MAX).unwrap();
        let schema = server.schema().unwrap();
        let is =
            |id: &ObjectId, object: &Object| id.kind == "function" && object.get("leakproof") == Some("yes");
        let found: Vec<String> =
            schema.0.iter().filter(|(id, object)| is(id, object)).map(|(id, _)| id.root.clone()).collect();
        assert_eq!(found, [format!("{name}(text)"), format!("other_{name}()")]);
        server.clear().unwrap();
    }
}

#[test]
fn who_reads_learns_the_questions_without_a_look_at_what_is_being_changed() {
    let mut server = server();
    let all = "CREATE TABLE t (id serial PRIMARY KEY, x int DEFAULT 1 CHECK (x > 0)); CREATE INDEX i ON t ((x + 1)) WHERE x > 2; \
               CREATE VIEW v AS SELECT * FROM t; CREATE RULE r AS ON UPDATE TO t DO ALSO NOTIFY x";
    server.run(&script(all), usize::MAX).unwrap();
    let lock = "BEGIN; LOCK TABLE t, v IN ACCESS EXCLUSIVE MODE; ALTER INDEX i SET (fillfactor = 70)";
    server.session().unwrap().send(lock).unwrap().unwrap();
    // It would wait for the end of the transaction, which waits for nothing.
    let learn =
        |share, hurry| PgWatcher::new(server.opener()().unwrap(), share, &AtomicBool::new(hurry)).unwrap();
    let mut reader = learn((0, 1), false);
    let mut shares = [learn((0, 2), true), learn((1, 2), true)];
    server.session().unwrap().send("ROLLBACK").unwrap().unwrap();
    let seen = reader.schema().unwrap();
    assert_eq!(seen, server.schema().unwrap());
    // In a hurry they are planned when they are asked, and each session has its own.
    let [mut one, other] = shares.each_mut().map(|share| share.schema().unwrap());
    assert!(!one.0.is_empty() && !other.0.is_empty() && other.0.keys().all(|id| !one.0.contains_key(id)));
    one.0.extend(other.0);
    assert_eq!(seen, one);
    // Many more tables than there were when the questions were planned.
    let many: String = (0..1_500).map(|number| format!("CREATE TABLE t_{number} (x int, y text);")).collect();
    server.run(&script(&many), usize::MAX).unwrap();
    assert_eq!(reader.schema().unwrap().0.len(), seen.0.len() + 3 * 1_500);
}

#[test]
fn what_is_set_for_the_role_ends_with_the_history() {
    let mut server = server();
    let ask =
        |server: &mut Server| server.session().unwrap().ask("SELECT current_setting('work_mem')").unwrap();
    let usual = ask(&mut server);
    server.run(&script("ALTER ROLE CURRENT_USER SET work_mem = '77MB'"), usize::MAX).unwrap();
    server.clear().unwrap();
    assert_eq!(ask(&mut server), usual);
}
