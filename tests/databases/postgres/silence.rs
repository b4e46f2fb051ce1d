//! Servers that are not there, or are and say nothing, or too slowly: each phase ends at the deadline.

use std::io::{Read as _, Write as _};
use std::thread;
use std::time::{Duration, Instant};

use migguard::db::DbError;

use super::super::peers::{black_hole, peer, signal};
use super::super::{AMPLE, Engine, names, read};
use super::{Postgres, both, ids, open_url, refusal};
use crate::support::ports::nobody;
use crate::support::postgres::Server;

const TIME: Duration = Duration::from_millis(500);

fn gives_up(url: &str, what: &str) {
    let begin = Instant::now();
    let error = refusal(url, TIME);
    let waited = begin.elapsed();
    assert!(matches!(error, DbError::TimedOut), "{what}: {error:?}");
    assert!(waited > TIME / 2 && waited < TIME + Duration::from_millis(300), "{what}: {waited:?}");
}

fn url(port: u16) -> String {
    format!("postgres://app@127.0.0.1:{port}/db")
}

#[test]
fn a_closed_port_is_said_at_once_and_by_name() {
    let port = nobody();
    let begin = Instant::now();
    let error = refusal(&format!("postgres://app:hunter2@localhost:{port}/db"), AMPLE);
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert!(
        matches!(&error, DbError::Unreachable(what) if what.contains(&format!("localhost:{port}"))),
        "{error:?}"
    );
    let error = refusal("postgres:///db?host=/no/such/dir&user=app", AMPLE);
    assert!(matches!(&error, DbError::Unreachable(what) if what.contains("/no/such/dir")), "{error:?}");
}

#[test]
fn a_peer_that_is_silent_or_slow_costs_the_time_and_no_more() {
    let (hole, guard) = black_hole();
    gives_up(&url(hole), "a port that drops everything");
    drop(guard);
    let silent = peer(|stream| {
        let _ = (&stream).read_to_end(&mut Vec::new());
    });
    gives_up(&url(silent), "a peer that never answers, asked for TLS");
    gives_up(&format!("{}?sslmode=disable", url(silent)), "a peer that never answers, asked to log in");
    let slow = peer(|mut stream| {
        for byte in b"S\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_secs(1));
        }
    });
    gives_up(&url(slow), "one byte a second, in TLS");
    let slow = peer(|mut stream| {
        for byte in b"R\x00\x00\x00\x08\x00\x00\x00\x00Z" {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_secs(1));
        }
    });
    gives_up(&format!("{}?sslmode=disable", url(slow)), "one byte a second, at the login");
}

#[test]
fn a_peer_that_is_no_server_is_unreachable() {
    let web = peer(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    for mode in ["disable", "prefer"] {
        let error = refusal(&format!("{}?sslmode={mode}", url(web)), AMPLE);
        assert!(matches!(error, DbError::Unreachable(_) | DbError::Failed(_)), "{mode}: {error:?}");
    }
    let shut = peer(drop);
    let error = refusal(&url(shut), AMPLE);
    assert!(matches!(&error, DbError::Unreachable(what) if what.contains("hangs up")), "{error:?}");
}

#[test]
fn each_of_several_addresses_gets_its_share() {
    let postgres = Postgres::with_ledger();
    let (port, dir) = (postgres.server.port, postgres.server.file("").replace('/', "%2F"));
    let silent = peer(|stream| {
        let _ = (&stream).read_to_end(&mut Vec::new());
    });
    let (closed, database) = (nobody(), &postgres.database);
    let hosts = format!("127.0.0.1:{silent},127.0.0.1:{closed},{dir}:{port}");
    let begin = Instant::now();
    let mut found =
        open_url(&format!("postgres://postgres@{hosts}/{database}"), Duration::from_secs(3)).unwrap();
    assert_eq!(read(&mut *found, "ledger", &["id"]).unwrap(), both());
    let waited = begin.elapsed();
    assert!(waited > Duration::from_millis(900) && waited < Duration::from_secs(2), "{waited:?}");
    gives_up(
        &format!("postgres://app@127.0.0.1:{silent},127.0.0.1:{silent},127.0.0.1:{silent}/db"),
        "all silent",
    );
}

#[test]
fn a_frozen_server_costs_the_time_and_no_more() {
    let server = Server::start();
    signal(&server.pid.to_string(), "STOP");
    gives_up(&format!("postgres://postgres@127.0.0.1:{}/postgres", server.port), "a frozen server over TCP");
    gives_up(&server.socket_url("postgres", "postgres"), "a frozen server over its socket");
}

#[test]
fn a_session_that_freezes_costs_the_time_and_no_more() {
    let postgres = Postgres::with_ledger();
    let begin = Instant::now();
    let mut database = postgres.open(Duration::from_secs(1)).unwrap();
    assert_eq!(names(&mut *database), ["ledger"]);
    let backend =
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'guard' AND datname = current_database()";
    let pid = postgres.ask(backend).unwrap();
    signal(&pid, "STOP");
    let answer = read(&mut *database, "ledger", &["id"]);
    drop(database);
    let waited = begin.elapsed();
    signal(&pid, "CONT");
    assert!(matches!(answer, Err(DbError::TimedOut)), "{answer:?}");
    assert!(waited < Duration::from_millis(1_300), "{waited:?}");
}

#[test]
fn the_server_stops_too() {
    let postgres = Postgres::with_ledger();
    postgres.run("CREATE VIEW sleeping AS SELECT pg_sleep(60)::text AS id");
    let begin = Instant::now();
    let mut database = postgres.open(TIME).unwrap();
    let answer = read(&mut *database, "sleeping", &["id"]);
    assert!(matches!(answer, Err(DbError::TimedOut)), "{answer:?}");
    assert!(begin.elapsed() < TIME + Duration::from_millis(300), "{:?}", begin.elapsed());
    drop(database);
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'guard' AND datname = current_database()";
    let end = Instant::now() + Duration::from_secs(3);
    while postgres.ask(count).as_deref() != Some("0") {
        assert!(Instant::now() < end, "the server still works for somebody who has left");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(ids(&postgres.url()).unwrap(), both());
}

#[test]
fn a_locked_ledger_is_said_to_be_locked() {
    let postgres = Postgres::with_ledger();
    let lock = postgres.block_readers();
    let mut database = postgres.open(TIME).unwrap();
    assert_eq!(names(&mut *database), ["ledger"], "the catalogue is not locked");
    let answer = read(&mut *database, "ledger", &["id"]);
    assert!(matches!(&answer, Err(DbError::Failed(what)) if what.contains("ledger is locked")), "{answer:?}");
    drop(lock);
}
