//! Servers that are not there, or are and say nothing, or too slowly, or what they should not: each phase ends at the
//! deadline, and no file of this machine goes to anybody.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use migguard::db::DbError;

use super::super::peers::{black_hole, peer, signal};
use super::super::{AMPLE, Engine, names, read};
use super::{MySql, both, ids, open_url, refusal};
use crate::support::mysql::Server;
use crate::support::ports::nobody;

const TIME: Duration = Duration::from_millis(500);

fn gives_up(url: &str, what: &str) {
    let begin = Instant::now();
    let error = refusal(url, TIME);
    let waited = begin.elapsed();
    assert!(matches!(error, DbError::TimedOut), "{what}: {error:?}");
    assert!(waited > TIME / 2 && waited < TIME + Duration::from_millis(300), "{what}: {waited:?}");
}

fn url(port: u16) -> String {
    format!("mysql://app:hunter2@127.0.0.1:{port}/db")
}

/// A packet with its head.
pub(super) fn packet(number: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    [&[length[0], length[1], length[2], number], content].concat()
}

/// What a server says first: it offers encryption, or does not, and asks for a proof of the password in that way.
pub(super) fn greeting(encryption: bool, method: &str) -> Vec<u8> {
    let abilities: u32 = 0x0008_a201 | if encryption { 0x800 } else { 0 };
    let [one, two, three, four] = abilities.to_le_bytes();
    let content = [
        b"\x0a8.0.36\0\x01\0\0\0saltsalt\0",
        &[one, two, 45, 2, 0, three, four, 21][..],
        &[0; 10],
        b"saltsaltsalt\0",
        method.as_bytes(),
        b"\0",
    ];
    packet(0, &content.concat())
}

/// Takes one packet.
pub(super) fn take(mut stream: impl std::io::Read) -> Option<Vec<u8>> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).ok()?;
    let mut content = vec![0; usize::from(head[0]) | usize::from(head[1]) << 8];
    stream.read_exact(&mut content).ok()?;
    Some(content)
}

/// Stays until the other side leaves.
fn wait(stream: &TcpStream) {
    let mut stream = stream;
    let _ = stream.read_to_end(&mut Vec::new());
}

/// Lets everybody in, and answers each question so.
fn lets_in(mut stream: TcpStream, answer: impl Fn(&mut TcpStream, &[u8])) {
    let _ = stream.write_all(&greeting(false, "mysql_native_password"));
    let _ = take(&stream);
    let _ = stream.write_all(&packet(2, b"\0\0\0\x02\0\0\0"));
    while let Some(question) = take(&stream) {
        answer(&mut stream, &question);
    }
}

const FINE: &[u8] = b"\0\0\0\x02\0\0\0";

#[test]
fn a_closed_port_is_said_at_once_and_by_name() {
    let port = nobody();
    let begin = Instant::now();
    let error = refusal(&format!("mysql://app:hunter2@localhost:{port}/db"), AMPLE);
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert!(
        matches!(&error, DbError::Unreachable(what) if what.contains(&format!("localhost:{port}"))),
        "{error:?}"
    );
    let error = refusal("mysql://app@localhost/db?socket=/no/such/socket", AMPLE);
    assert!(matches!(&error, DbError::Unreachable(what) if what.contains("/no/such/socket")), "{error:?}");
    let error = refusal("mysql://app@localhost", AMPLE);
    assert!(matches!(&error, DbError::Failed(what) if what.contains("names no database")), "{error:?}");
}

#[test]
fn a_peer_that_is_silent_or_slow_costs_the_time_and_no_more() {
    let (hole, guard) = black_hole();
    gives_up(&url(hole), "a port that drops everything");
    drop(guard);
    let silent = peer(|stream| wait(&stream));
    gives_up(&url(silent), "a peer that does not greet");
    let slow = peer(|mut stream| {
        for byte in greeting(false, "mysql_native_password") {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_secs(1));
        }
    });
    gives_up(&url(slow), "one byte of the greeting a second");
    let no_tls = peer(|mut stream| {
        let _ = stream.write_all(&greeting(true, "caching_sha2_password"));
        wait(&stream);
    });
    gives_up(&url(no_tls), "a peer that falls silent in TLS");
    gives_up(&format!("{}?ssl-mode=required", url(no_tls)), "the same, where it must be encrypted");
    gives_up(&format!("{}?ssl-mode=disabled", url(no_tls)), "a peer that falls silent at the login");
    let dripping = peer(|stream| {
        lets_in(stream, |stream, question| match question {
            [3, b'S', b'E', b'T', ..] | [3, b'S', b'T', ..] => drop(stream.write_all(&packet(1, FINE))),
            _ => {
                let answer = [packet(1, b"\x01"), packet(2, &[0; 40])].concat();
                for byte in answer {
                    if stream.write_all(&[byte]).is_err() {
                        return;
                    }
                    thread::sleep(Duration::from_secs(1));
                }
            }
        });
    });
    let begin = Instant::now();
    let mut database = open_url(&url(dripping), TIME).unwrap();
    assert!(matches!(database.tables(), Err(DbError::TimedOut)));
    assert!(begin.elapsed() < TIME + Duration::from_millis(300), "{:?}", begin.elapsed());
    assert!(database.tables().is_err(), "what comes late is no answer to the next question");
}

#[test]
fn a_peer_that_is_no_server_is_said_to_be_none() {
    let web = peer(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let error = refusal(&url(web), AMPLE);
    assert!(matches!(&error, DbError::Unreachable(what) if what.contains("does not talk like")), "{error:?}");
    let shut = peer(drop);
    let error = refusal(&url(shut), AMPLE);
    assert!(matches!(&error, DbError::Unreachable(what) if what.contains("hangs up")), "{error:?}");
    let full = peer(|mut stream| drop(stream.write_all(&packet(0, b"\xff\x10\x04Too many connections"))));
    let error = refusal(&url(full), AMPLE);
    assert!(matches!(&error, DbError::Unreachable(what) if what.contains("Too many")), "{error:?}");
}

#[test]
fn a_server_that_asks_for_a_file_or_says_nonsense_gets_nothing() {
    let curious = peer(|stream| {
        lets_in(stream, |stream, question| {
            assert_eq!(question[0], 3, "a question, and no file");
            let _ = stream.write_all(&packet(1, b"\xfb/etc/passwd"));
        });
    });
    let error = refusal(&url(curious), AMPLE);
    assert!(matches!(&error, DbError::Failed(what) if what.contains("does not understand")), "{error:?}");
    let huge = peer(|stream| {
        lets_in(stream, |stream, _| {
            let mut pieces = 0_u8;
            // A packet without an end: each piece says that it is continued.
            while stream.write_all(&[0xff, 0xff, 0xff, pieces.wrapping_add(1)]).is_ok()
                && stream.write_all(&vec![1; 0x00ff_ffff]).is_ok()
            {
                pieces = pieces.wrapping_add(1);
            }
        });
    });
    let error = refusal(&url(huge), AMPLE);
    assert!(matches!(&error, DbError::Failed(what) if what.contains("does not understand")), "{error:?}");
    let endless = peer(|mut stream| {
        let _ = stream.write_all(&greeting(false, "mysql_native_password"));
        let mut number = 2_u8;
        while take(&stream).is_some() {
            let _ = stream.write_all(&packet(number, b"\xfemysql_native_password\0saltsaltsaltsaltsalt\0"));
            number = number.wrapping_add(2);
        }
    });
    let error = refusal(&url(endless), AMPLE);
    assert!(matches!(&error, DbError::Unreachable(what) if what.contains("does not talk like")), "{error:?}");
}

#[test]
fn each_of_several_addresses_gets_its_share() {
    let mysql = MySql::with_ledger();
    let silent = peer(|stream| wait(&stream));
    let (closed, port) = (nobody(), mysql.server.port);
    let hosts = format!("127.0.0.1:{silent},127.0.0.1:{closed},localhost:{port}");
    let begin = Instant::now();
    let url = format!("mysql://free@{hosts}/{}", mysql.database);
    let mut found = open_url(&url, Duration::from_secs(3)).unwrap();
    assert_eq!(read(&mut *found, "ledger", &["id"]).unwrap(), both());
    let waited = begin.elapsed();
    assert!(waited > Duration::from_millis(900) && waited < Duration::from_secs(2), "{waited:?}");
    gives_up(&format!("mysql://app@127.0.0.1:{silent},127.0.0.1:{silent}/db"), "all silent");
}

#[test]
fn a_frozen_server_costs_the_time_and_no_more() {
    let server = Server::start("");
    let database = server.create();
    server.run(&database, "CREATE TABLE ledger (id INTEGER)");
    let begin = Instant::now();
    let mut open = open_url(&server.socket_url("root", &database), Duration::from_secs(1)).unwrap();
    assert_eq!(names(&mut *open), ["ledger"]);
    signal(&server.pid.to_string(), "STOP");
    let answer = read(&mut *open, "ledger", &["id"]);
    drop(open);
    let waited = begin.elapsed();
    assert!(matches!(answer, Err(DbError::TimedOut)), "{answer:?}");
    assert!(waited < Duration::from_millis(1_300), "{waited:?}");
    gives_up(&format!("mysql://root@127.0.0.1:{}/{database}", server.port), "a frozen server over TCP");
    gives_up(&server.socket_url("root", &database), "a frozen server over its socket");
}

#[test]
fn the_server_stops_too() {
    let mysql = MySql::with_ledger();
    mysql.run("CREATE VIEW sleeping AS SELECT SLEEP(60) AS id");
    let begin = Instant::now();
    let mut database = mysql.open(TIME).unwrap();
    let answer = read(&mut *database, "sleeping", &["id"]);
    assert!(matches!(answer, Err(DbError::TimedOut)), "{answer:?}");
    assert!(begin.elapsed() < TIME + Duration::from_millis(300), "{:?}", begin.elapsed());
    drop(database);
    let count = format!(
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = '{}' AND ID <> CONNECTION_ID()",
        mysql.database
    );
    let end = Instant::now() + Duration::from_secs(3);
    while mysql.ask(&count) != "0" {
        assert!(Instant::now() < end, "the server still works for somebody who has left");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(ids(&mysql.url()).unwrap(), both());
}

#[test]
fn a_locked_ledger_is_said_to_be_locked() {
    let mysql = MySql::with_ledger();
    let lock = mysql.block_readers();
    let mut database = mysql.open(Duration::from_secs(3)).unwrap();
    assert_eq!(names(&mut *database), ["ledger"], "the catalogue is not locked");
    let answer = read(&mut *database, "ledger", &["id"]);
    assert!(matches!(&answer, Err(DbError::Failed(what)) if what.contains("ledger is locked")), "{answer:?}");
    drop(lock);
}
