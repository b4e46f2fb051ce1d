//! MySQL and MariaDB: the contract, and what only such a server can get wrong: silence, refusals, locks, users, names,
//! encryption. The server is MariaDB; what is MySQL's own is tried with stand-ins.

mod audit;
mod commits;
mod ledgers;
mod mutations;
mod passwords;
mod reading;
mod replay;
mod schema;
mod scratch;
mod silence;
mod tls;

use std::any::Any;
use std::path::Path;
use std::time::{Duration, Instant};

use migguard::db::{Cell, Database, DatabaseUrl, DbError, open};

use super::{AMPLE, Engine, contract, read};
use crate::support::mysql::Server;

/// A database of its own on the shared server.
struct MySql {
    server: &'static Server,
    database: String,
}

impl MySql {
    fn fresh() -> Self {
        let server = Server::shared();
        Self { server, database: server.create() }
    }

    fn with_ledger() -> Self {
        let mysql = Self::fresh();
        mysql.run("CREATE TABLE ledger (id INTEGER PRIMARY KEY); INSERT INTO ledger VALUES (1), (2)");
        mysql
    }

    fn url(&self) -> String {
        self.server.socket_url("root", &self.database)
    }

    /// Over TCP, with what stands before and after the place.
    fn tcp(&self, user: &str, parameters: &str) -> String {
        format!("mysql://{user}@localhost:{}/{}?{parameters}", self.server.port, self.database)
    }

    fn ask(&self, question: &str) -> String {
        self.server.run(&self.database, question)
    }
}

impl Engine for MySql {
    fn run(&self, script: &str) {
        self.server.run(&self.database, script);
    }

    fn open(&self, time: Duration) -> Result<Box<dyn Database>, DbError> {
        open_url(&self.url(), time)
    }

    fn block_readers(&self) -> Box<dyn Any> {
        Box::new(self.server.hold(&self.database, "LOCK TABLES ledger WRITE"))
    }

    fn bytes(&self) -> (&'static str, &'static str) {
        ("VARBINARY(20)", "X'00ff'")
    }

    fn quote(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    /// These servers end a recursion after a thousand rounds.
    fn endless(&self) -> &'static str {
        "CREATE VIEW endless AS SELECT SUM(SQRT(seq)) AS i FROM seq_1_to_1000000000000;
         CREATE VIEW flood AS SELECT seq AS i FROM seq_1_to_1000000000000"
    }

    fn has_name(&self, name: &str) -> bool {
        !name.ends_with(' ')
    }
}

fn open_url(url: &str, time: Duration) -> Result<Box<dyn Database>, DbError> {
    open(&DatabaseUrl::parse(url, Path::new("")).unwrap(), Instant::now() + time)
}

/// Why it cannot be opened.
fn refusal(url: &str, time: Duration) -> DbError {
    open_url(url, time).map(drop).expect_err(url)
}

fn ids(url: &str) -> Result<Vec<Vec<Cell>>, DbError> {
    read(&mut *open_url(url, AMPLE)?, "ledger", &["id"])
}

fn both() -> Vec<Vec<Cell>> {
    vec![vec![Cell::Integer(1)], vec![Cell::Integer(2)]]
}

#[test]
fn the_contract_is_kept() {
    contract(MySql::fresh);
}
