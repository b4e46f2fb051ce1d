//! Through a real PgBouncer that hands out connections by transaction.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStdin, Command, Stdio};

use migguard::config::env;

use super::super::{AMPLE, read};
use super::commits::shop;
use super::{Postgres, both, open_url};
use crate::support::postgres::{NOBODY, PASSWORD};

/// A pooler with one connection to each database; it ends with this.
struct Pooler {
    port: u16,
    _rope: ChildStdin,
}

/// As the keeper of a server does: it holds a pipe, and when that closes it stops the pooler and removes its directory.
const KEEPER: &str = r#"
set -eu
cd "$DIR"
trap '' INT TERM HUP
cat >pooler.ini <<END
[databases]
* = host=$SERVER port=$SERVER_PORT user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $PORT
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
query_wait_timeout = 20
END
pgbouncer pooler.ini >log 2>&1 </dev/null &
pid=$!
tries=0
until grep -q 'process up' log; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 $pid 2>/dev/null; then cat log; exit 1; fi
    sleep 0.1
done
echo ready
exec >/dev/null
read -r _ || true
kill -INT $pid || true
wait $pid || true
cd /
rm -rf "$DIR"
"#;

impl Pooler {
    #[expect(clippy::zombie_processes, reason = "it ends after the tests, or nearly")]
    fn before(postgres: &Postgres) -> Self {
        let dir = tempfile::Builder::new().prefix("pool").tempdir().unwrap().keep();
        let port = crate::support::ports::free();
        let path = format!("{}:/usr/sbin:/usr/local/sbin", env::get("PATH").unwrap_or_default());
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", KEEPER])
            .env_clear()
            .env("PATH", path)
            .env("DIR", &dir)
            .env("PORT", port.to_string());
        keeper.env("SERVER", &postgres.server.dir).env("SERVER_PORT", postgres.server.port.to_string());
        keeper.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        // It refuses to run as root.
        if std::os::unix::fs::chown(&dir, Some(NOBODY), Some(NOBODY)).is_ok() {
            keeper.uid(NOBODY).gid(NOBODY);
        }
        let mut keeper = keeper.spawn().unwrap();
        let mut said = BufReader::new(keeper.stdout.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        if first != "ready\n" {
            said.read_to_string(&mut first).unwrap();
            panic!("PgBouncer does not start (./test.sh brings it):\n{first}");
        }
        Self { port, _rope: keeper.stdin.take().unwrap() }
    }

    fn url(&self, postgres: &Postgres) -> String {
        format!("postgres://app@127.0.0.1:{}/{}?pgbouncer=true", self.port, postgres.database)
    }

    /// What another program hears that shares the connection.
    fn ask(&self, postgres: &Postgres, question: &str) -> Option<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
            let mut config = tokio_postgres::Config::new();
            config.user("app").dbname(&postgres.database);
            let (client, connection) = config.connect_raw(stream, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let answer = client.simple_query(question).await.unwrap();
            answer.into_iter().find_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
        })
    }
}

/// All that guard sets for itself, and the server's process.
const SETTINGS: &str = "SELECT concat_ws(' ', pg_backend_pid(), current_setting('transaction_read_only'), \
    current_setting('default_transaction_read_only'), current_setting('transaction_isolation'), \
    current_setting('statement_timeout'), current_setting('lock_timeout'), \
    current_setting('idle_in_transaction_session_timeout'), current_setting('row_security'), \
    current_setting('search_path'), current_setting('bytea_output'), current_setting('DateStyle'), \
    current_setting('TimeZone'), current_setting('extra_float_digits'), \
    (SELECT count(*) FROM pg_prepared_statements))";

#[test]
fn the_one_connection_is_given_back_as_it_was() {
    let postgres = Postgres::with_ledger();
    let pooler = Pooler::before(&postgres);
    let before = pooler.ask(&postgres, SETTINGS).unwrap();
    let url = pooler.url(&postgres);
    {
        let mut database = open_url(&format!("{url}&schema=public"), AMPLE).unwrap();
        assert!(database.tables().unwrap().iter().any(|table| table.name.name == "ledger" && table.visible));
        assert_eq!(read(&mut *database, "ledger", &["id"]).unwrap(), both());
        read(&mut *database, "absent", &["id"]).unwrap_err();
        assert_eq!(read(&mut *database, "ledger", &["id"]).unwrap(), both(), "after a mistake");
    }
    // The same process of the server: the pooler found nothing to throw away.
    assert_eq!(pooler.ask(&postgres, SETTINGS).unwrap(), before);
    pooler.ask(&postgres, "INSERT INTO ledger VALUES (3)");
    assert_eq!(read(&mut *open_url(&url, AMPLE).unwrap(), "ledger", &["id"]).unwrap().len(), 3);
}

/// A session that has not asked anything holds no connection, and one that has waits its turn.
#[test]
fn sessions_take_turns() {
    let postgres = Postgres::with_ledger();
    let pooler = Pooler::before(&postgres);
    let url = pooler.url(&postgres);
    let mut first = open_url(&url, AMPLE).unwrap();
    let mut second = open_url(&url, AMPLE).unwrap();
    assert_eq!(read(&mut *second, "ledger", &["id"]).unwrap(), both());
    drop(second);
    assert_eq!(read(&mut *first, "ledger", &["id"]).unwrap(), both());
    drop(first);
    std::thread::scope(|threads| {
        let ask = || read(&mut *open_url(&url, AMPLE).unwrap(), "ledger", &["id"]).unwrap();
        let sessions: Vec<_> = (0..8).map(|_| threads.spawn(ask)).collect();
        for session in sessions {
            assert_eq!(session.join().unwrap(), both());
        }
    });
}

#[test]
fn a_commit_is_checked_through_it() {
    let (repo, postgres) = shop(true);
    let pooler = Pooler::before(&postgres);
    repo.write(".env", format!("DATABASE_URL='{}'\n", pooler.url(&postgres)));
    let report = repo.guard(&["check", "--format", "json"]).success();
    assert_eq!(report.rules(), [""; 0]);
    assert_eq!(report.json()["examined"]["checksums"], 2);
    repo.write("migrations/1_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\n");
    repo.git(&["add", "."]);
    let report = repo.guard(&["check", "--format", "json"]);
    assert_eq!(report.rules(), ["checksum-mismatch"]);
    assert!(!report.out().contains(PASSWORD));
}
