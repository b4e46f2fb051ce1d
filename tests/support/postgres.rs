//! Real PostgreSQL servers for tests: started from the programs of this machine, private, and gone with the tests.
//!
//! A shell stands between the tests and each server: it holds a pipe from the tests, and when that closes, at their end or when
//! they are killed, it stops the server and removes its directory.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use migguard::config::env;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, NoTls};

/// The user without privileges, on every system that has one.
pub(crate) const NOBODY: u32 = 65_534;

/// The password of the roles that have one.
pub(crate) const PASSWORD: &str = "hunter2/:@?%";

/// The same in a URL.
pub(crate) const ENCODED: &str = "hunter2%2F%3A%40%3F%25";

/// A running server.
pub(crate) struct Server {
    /// Its directory: `data`, the socket, certificates.
    pub(crate) dir: PathBuf,
    /// Its port at 127.0.0.1, which is also in the name of its socket.
    pub(crate) port: u16,
    /// The postmaster.
    pub(crate) pid: u32,
    /// Closes at the end of the tests.
    _rope: ChildStdin,
}

/// What the shell does: certificates, cluster, server; then it waits for the end.
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
    initdb -D data -U postgres -A trust -E UTF8 --no-locale -N
    cp hba.conf data/pg_hba.conf
} >log 2>&1 </dev/null || { cat log; exit 1; }
postgres -D data -p "$PORT" -k "$DIR" -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=60 -c shared_buffers=16MB -c password_encryption=scram-sha-256 \
    -c ssl=on -c ssl_cert_file="$DIR/server.crt" -c ssl_key_file="$DIR/server.key" -c ssl_ca_file="$DIR/ca.crt" $MORE \
    >>log 2>&1 </dev/null &
pid=$!
tries=0
until grep -q '^ready' data/postmaster.pid 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 $pid 2>/dev/null; then cat log; exit 1; fi
    sleep 0.1
done
echo "ready $pid"
exec >/dev/null
read -r _ || true
kill -CONT $pid || true
kill -QUIT $pid || true
wait $pid || true
cd /
rm -rf "$DIR"
"#;

/// The socket lets everybody in; over TCP it depends on the role.
const HBA: &str = "\
local     all all                     trust
hostssl   all certified 127.0.0.1/32 cert
hostssl   all encrypted 127.0.0.1/32 trust
hostnossl all plain     127.0.0.1/32 trust
hostssl   all plain     127.0.0.1/32 reject
host      all md5       127.0.0.1/32 md5
host      all clear     127.0.0.1/32 password
host      all all       127.0.0.1/32 scram-sha-256
";

/// Roles for all of that.
pub(crate) const ROLES: &str = "\
CREATE ROLE certified LOGIN; CREATE ROLE encrypted LOGIN; CREATE ROLE plain LOGIN;
CREATE ROLE scram LOGIN PASSWORD 'hunter2/:@?%'; CREATE ROLE clear LOGIN PASSWORD 'hunter2/:@?%';
SET password_encryption = md5; CREATE ROLE md5 LOGIN PASSWORD 'hunter2/:@?%'; CREATE ROLE stranger LOGIN";

/// Where PostgreSQL's own programs may be.
pub(crate) fn programs() -> Option<PathBuf> {
    let path = env::get("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for parent in ["/usr/lib/postgresql", "/usr/libexec/postgresql", "/opt/homebrew/opt"] {
        let versions = fs::read_dir(parent).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
        found.sort();
        dirs.extend(found.into_iter().rev());
    }
    dirs.into_iter().find(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
}

impl Server {
    /// The server that the tests share.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| {
            let server = Self::start();
            server.admin("postgres").run(ROLES);
            server
        })
    }

    /// A server of one's own.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// The same, with further settings: `-c name=value`.
    pub(crate) fn start_with(more: &str) -> Self {
        let programs =
            programs().expect("initdb and postgres are not on this machine: ./test.sh brings them");
        Self::start_in(&programs, more)
    }

    /// The same, whose programs are there.
    #[expect(clippy::zombie_processes, reason = "it ends after the tests, or nearly")]
    pub(crate) fn start_in(programs: &Path, more: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep().canonicalize().unwrap();
        fs::write(dir.join("hba.conf"), HBA).unwrap();
        let port = super::ports::free();
        let path = format!("{}:{}", programs.display(), env::get("PATH").unwrap_or_default());
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER]).env_clear().env("PATH", path).env("LC_ALL", "C");
        keeper.env("DIR", &dir).env("PORT", port.to_string()).env("MORE", more).current_dir("/");
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        // PostgreSQL refuses to run as root.
        if std::os::unix::fs::chown(&dir, Some(NOBODY), Some(NOBODY)).is_ok() {
            keeper.uid(NOBODY).gid(NOBODY);
        }
        let mut keeper = keeper.spawn().unwrap();
        let mut said = BufReader::new(keeper.stdout.take().unwrap());
        let mut first = String::new();
        said.read_line(&mut first).unwrap();
        let Some(pid) = first.strip_prefix("ready ").and_then(|pid| pid.trim().parse().ok()) else {
            said.read_to_string(&mut first).unwrap();
            panic!("PostgreSQL does not start:\n{first}");
        };
        Self { dir, port, pid, _rope: keeper.stdin.take().unwrap() }
    }

    /// The major version.
    pub(crate) fn major(&self) -> u32 {
        let number = self.admin("postgres").ask("SHOW server_version_num").unwrap();
        number.parse::<u32>().unwrap() / 10_000
    }

    /// A superuser's connection over the socket.
    pub(crate) fn admin(&self, database: &str) -> Admin {
        Admin::connect(&self.dir.join(format!(".s.PGSQL.{}", self.port)), database)
    }

    /// A URL over the socket.
    pub(crate) fn socket_url(&self, user: &str, database: &str) -> String {
        let dir = self.dir.to_str().unwrap().replace('/', "%2F");
        format!("postgres://{user}@{dir}:{}/{database}", self.port)
    }

    /// An empty database.
    pub(crate) fn create(&self) -> String {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("guard_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        self.admin("postgres").run(&format!("CREATE DATABASE {name} TEMPLATE template0"));
        name
    }

    /// A file beside the data: `ca.crt`.
    pub(crate) fn file(&self, name: &str) -> String {
        self.dir.join(name).to_str().unwrap().to_owned()
    }
}

/// A connection that may do everything.
pub(crate) struct Admin {
    client: Client,
    runtime: Runtime,
}

impl Admin {
    fn connect(socket: &Path, database: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let stream = tokio::net::UnixStream::connect(socket).await.unwrap();
            let mut config = Config::new();
            config.user("postgres").dbname(database);
            let (client, connection) = config.connect_raw(stream, NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        });
        Self { client, runtime }
    }

    /// Runs statements.
    pub(crate) fn run(&self, script: &str) {
        self.runtime.block_on(self.client.batch_execute(script)).unwrap();
    }

    /// Runs statements, and says whether the server took them.
    pub(crate) fn try_run(&self, script: &str) -> bool {
        self.runtime.block_on(self.client.batch_execute(script)).is_ok()
    }

    /// The first value of the answer.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        let answer = self.runtime.block_on(self.client.simple_query(question)).unwrap();
        answer.into_iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
    }
}
