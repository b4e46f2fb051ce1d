//! Real MariaDB servers for tests: started from the programs of this machine, private, and gone with the tests.
//!
//! As for PostgreSQL a shell stands between the tests and each server, and stops it when the tests end or are killed.
//! Statements of the owner go through MariaDB's own client.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use migguard::config::env;

/// The user without privileges, on every system that has one.
const NOBODY: u32 = 65_534;

/// A running server.
pub(crate) struct Server {
    /// Its directory: `data`, the socket, certificates.
    pub(crate) dir: PathBuf,
    /// Its port at 127.0.0.1.
    pub(crate) port: u16,
    /// The server's process.
    pub(crate) pid: u32,
    /// Where its programs are.
    path: String,
    /// Closes at the end of the tests.
    _rope: ChildStdin,
}

/// What the shell does: certificates, data, server; then it waits for the end.
const KEEPER: &str = r#"
set -eu
cd "$DIR"
trap '' INT TERM HUP
make() {
    openssl req -new -newkey rsa:2048 -nodes -keyout "$1.key" -subj "/CN=$2" -out "$1.csr"
    printf 'subjectAltName=%s\n' "$3" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile "$1.ext" -out "$1.crt"
    chmod 600 "$1.key"
}
{
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -subj /CN=ca -out ca.crt
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout other.key -subj /CN=other -out other.crt
    make server localhost DNS:localhost
    make client certified DNS:certified
    mkdir tmp
    mariadb-install-db --no-defaults --datadir="$DIR/data" --tmpdir="$DIR/tmp" --auth-root-authentication-method=normal --skip-test-db
} >log 2>&1 </dev/null || { cat log; exit 1; }
mariadbd --no-defaults --datadir="$DIR/data" --socket="$DIR/socket" --port="$PORT" --bind-address=127.0.0.1 \
    --pid-file="$DIR/pid" --tmpdir="$DIR/tmp" --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=16M \
    --innodb-log-file-size=4M --innodb-flush-method=nosync --skip-innodb-doublewrite --skip-log-bin --max-connections=60 --character-set-server=utf8mb4 \
    --ssl-ca="$DIR/ca.crt" --ssl-cert="$DIR/server.crt" --ssl-key="$DIR/server.key" $MORE >>log 2>&1 </dev/null &
pid=$!
tries=0
until mariadb-admin --no-defaults --socket="$DIR/socket" --user=root ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 $pid 2>/dev/null; then cat log; exit 1; fi
    sleep 0.1
done
echo "ready $pid"
exec >/dev/null
read -r _ || true
kill -CONT $pid || true
kill -KILL $pid || true
{ wait $pid || true; } 2>/dev/null
cd /
rm -rf "$DIR"
"#;

/// Who may come in, and how. All may read everything; `root` may do everything.
const USERS: &str = "\
INSTALL SONAME 'auth_ed25519';
CREATE USER native@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('hunter2/:@?%');
CREATE USER modern@'%' IDENTIFIED VIA ed25519 USING PASSWORD('hunter2/:@?%');
CREATE USER free@'%';
CREATE USER encrypted@'%' REQUIRE SSL;
CREATE USER certified@'%' REQUIRE X509;
CREATE USER stranger@'%';
CREATE USER owner@'%';
GRANT ALL PRIVILEGES ON *.* TO owner@'%' WITH GRANT OPTION;
GRANT SELECT, SHOW VIEW ON *.* TO native@'%', modern@'%', free@'%', encrypted@'%', certified@'%';
";

/// Where MariaDB's own programs may be.
fn programs() -> Option<String> {
    let path = env::get("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/opt/mariadb/bin"];
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).chain(more.map(PathBuf::from)).collect();
    let is_there = |name: &str| dirs.iter().any(|dir| dir.join(name).is_file());
    let all = ["mariadbd", "mariadb", "mariadb-admin", "mariadb-install-db"].into_iter().all(is_there);
    all.then(|| std::env::join_paths(&dirs).unwrap().into_string().unwrap())
}

impl Server {
    /// The server that the tests share.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            let server = Self::start("");
            server.run("mysql", USERS);
            server
        })
    }

    /// A server of one's own, with more options.
    #[expect(clippy::zombie_processes, reason = "it ends after the tests, or nearly")]
    pub(crate) fn start(more: &str) -> Self {
        let path = programs().expect("mariadbd and its tools are not on this machine: ./test.sh brings them");
        let dir = tempfile::Builder::new().prefix("my").tempdir().unwrap().keep().canonicalize().unwrap();
        let port = super::ports::free();
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER]).env_clear().env("PATH", &path).env("LC_ALL", "C");
        keeper.env("DIR", &dir).env("PORT", port.to_string()).env("MORE", more).current_dir("/");
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        // MariaDB refuses to run as root.
        if std::os::unix::fs::chown(&dir, Some(NOBODY), Some(NOBODY)).is_ok() {
            keeper.uid(NOBODY).gid(NOBODY);
        }
        let mut keeper = keeper.spawn().unwrap();
        let mut said = BufReader::new(keeper.stdout.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        let Some(pid) = first.strip_prefix("ready ").and_then(|pid| pid.trim().parse().ok()) else {
            said.read_to_string(&mut first).unwrap();
            panic!("MariaDB does not start:\n{first}");
        };
        Self { dir, port, pid, path, _rope: keeper.stdin.take().unwrap() }
    }

    fn client(&self, database: &str) -> Command {
        let mut client = Command::new("mariadb");
        client.env_clear().env("PATH", &self.path);
        client.args(["--no-defaults", "--user=root", "--batch", "--skip-column-names", "--unbuffered"]);
        client.args(["--default-character-set=utf8mb4", "--binary-mode"]);
        client.arg(format!("--socket={}", self.file("socket"))).arg(database);
        client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        client
    }

    /// Runs statements as root; says what the first one answers.
    pub(crate) fn run(&self, database: &str, script: &str) -> String {
        let mut client = self.client(database).spawn().unwrap();
        client.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let output = client.wait_with_output().unwrap();
        assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Runs statements in a session that stays until the result is dropped.
    pub(crate) fn hold(&self, database: &str, script: &str) -> Session {
        let mut client = self.client(database).spawn().unwrap();
        let mut session = Session {
            stdin: client.stdin.take().unwrap(),
            stdout: BufReader::new(client.stdout.take().unwrap()),
            client,
        };
        session.stdin.write_all(format!("{script};\nSELECT 'held';\n").as_bytes()).unwrap();
        let mut line = String::new();
        session.stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        session
    }

    /// A URL over the socket.
    pub(crate) fn socket_url(&self, user: &str, database: &str) -> String {
        format!("mysql://{user}@localhost/{database}?socket={}", self.file("socket"))
    }

    /// An empty database.
    pub(crate) fn create(&self) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("guard_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        self.run("mysql", &format!("CREATE DATABASE {name}"));
        name
    }

    /// A file beside the data: `ca.crt`.
    pub(crate) fn file(&self, name: &str) -> String {
        self.dir.join(name).to_str().unwrap().to_owned()
    }
}

/// A client that holds on to what it has.
pub(crate) struct Session {
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    client: Child,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Its own word, so that the lock is gone when this returns.
        let _ = self.stdin.write_all(b"UNLOCK TABLES; ROLLBACK; SELECT 'gone';\n");
        let _ = self.stdout.read_line(&mut String::new());
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}

/// The password of the users that have one.
pub(crate) const PASSWORD: &str = "hunter2/:@?%";

/// The same in a URL.
pub(crate) const ENCODED: &str = "hunter2%2F%3A%40%3F%25";
