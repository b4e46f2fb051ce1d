//! Hostile servers: each is the service that an optional check needs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::{LIMIT, Shop};
use crate::support::ports::nobody;

/// What a server does with a connection.
type Manner = fn(TcpStream);

/// A server that treats each connection so, until the test ends. Returns its port.
pub(crate) fn server(manner: Manner) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            thread::spawn(move || manner(socket));
        }
    });
    port
}

/// Holds the connection, and says nothing.
pub(crate) fn silent(mut socket: TcpStream) {
    let _ = socket.read_to_end(&mut Vec::new());
}

fn one_byte_a_second(mut socket: TcpStream) {
    for byte in b"HTTP/1.1 200 OK and so on, and on\r\n".iter().cycle() {
        if socket.write_all(&[*byte]).is_err() {
            return;
        }
        thread::sleep(Duration::from_secs(1));
    }
}

fn endless(mut socket: TcpStream) {
    while socket.write_all(&[b'x'; 4096]).is_ok() {}
}

fn hangs_up(socket: TcpStream) {
    drop(socket);
}

fn error(mut socket: TcpStream) {
    let _ = socket.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    silent(socket);
}

fn fine(mut socket: TcpStream) {
    let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    silent(socket);
}

/// A port whose queue of connections is full: the kernel answers nobody any more.
pub(crate) fn black_hole() -> (u16, Vec<TcpStream>, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(socket) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        held.push(socket);
        assert!(held.len() < 1000, "the queue is never full");
    }
    (address.port(), held, listener)
}

/// A service, and a check that needs it and would fail.
pub(crate) fn needing(name: &str, probe: &str, required: bool) -> String {
    format!(
        "[services.{name}]\nprobe = {probe}\nrequired = {required}\ntimeout = \"5s\"\n[[checks]]\nname = \"uses-{name}\"\n\
         run = [\"false\"]\nneeds = [\"{name}\"]\nrequired = true\ntimeout = \"5s\"\n"
    )
}

/// Name and probe of each, and what keeps it going.
pub(crate) fn hostile() -> (Vec<(&'static str, String)>, impl Sized) {
    let hole = black_hole();
    let servers = vec![
        ("refused", format!("\"tcp://127.0.0.1:{}\"", nobody())),
        ("black-hole", format!("\"tcp://127.0.0.1:{}\"", hole.0)),
        ("silent-http", format!("\"http://127.0.0.1:{}\"", server(silent))),
        ("silent-tls", format!("\"tls://127.0.0.1:{}\"", server(silent))),
        ("silent-postgres", format!("\"postgres://127.0.0.1:{}\"", server(silent))),
        ("silent-mysql", format!("\"mysql://127.0.0.1:{}\"", server(silent))),
        ("silent-redis", format!("\"redis://127.0.0.1:{}\"", server(silent))),
        ("slow", format!("\"http://127.0.0.1:{}\"", server(one_byte_a_second))),
        ("endless", format!("\"http://127.0.0.1:{}\"", server(endless))),
        ("hangs-up", format!("\"https://127.0.0.1:{}\"", server(hangs_up))),
        ("error", format!("\"http://127.0.0.1:{}\"", server(error))),
        ("no-name", "\"tcp://no-such-name.invalid:80\"".to_owned()),
        ("hangs", "{ run = [\"sleep\", \"60\"] }".to_owned()),
    ];
    (servers, hole)
}

#[test]
fn an_optional_service_that_is_down_skips_its_check_and_the_commit_goes_through() {
    let (servers, _kept) = hostile();
    for (name, probe) in &servers {
        let shop = Shop::new(&needing(name, probe, false));
        let said = shop.prompt_commit();
        assert!(said.contains(&format!("the service \"{name}\"")), "{name}: {said}");
        assert!(said.contains(&format!("the check \"uses-{name}\"")), "{name}: {said}");
        assert!(said.contains("optional by guard.toml:6, so it does not block"), "{name}: {said}");
    }
}

#[test]
fn all_of_them_at_once_cost_no_more() {
    let (servers, _kept) = hostile();
    let shop =
        Shop::new(&servers.iter().map(|(name, probe)| needing(name, probe, false)).collect::<String>());
    let said = shop.prompt_commit();
    for (name, _) in &servers {
        assert!(said.contains(&format!("the check \"uses-{name}\"")), "{name}: {said}");
    }
}

#[test]
fn a_required_service_that_is_down_is_exit_2_and_says_who_decided() {
    for probe in
        [format!("\"tcp://127.0.0.1:{}\"", nobody()), format!("\"http://127.0.0.1:{}\"", server(silent))]
    {
        let toml = needing("tts", &probe, true).replacen("5s", "300ms", 1);
        let shop = Shop::new(&toml);
        let (through, said, took) = shop.commit();
        assert!(!through && took < LIMIT, "{took:?} {said}");
        assert!(said.contains("required by guard.toml:6"), "{said}");
        assert!(said.contains("make it optional: required = false at guard.toml:6"), "{said}");
        assert_eq!(shop.guard(&["check"]).status.code(), Some(2));
    }
}

#[test]
fn what_is_up_is_used() {
    let shop = Shop::new(&needing("web", &format!("\"http://127.0.0.1:{}\"", server(fine)), false));
    let (through, said, _) = shop.commit();
    assert!(!through && said.contains("failed-check"), "{said}");
    let toml = needing("web", &format!("\"http://127.0.0.1:{}\"\nstatus = 204", server(fine)), false);
    shop.declare(&toml);
    let (through, said, _) = shop.commit();
    assert!(through && said.contains("204 is expected"), "{said}");
    // Nothing may be asked: the check is not run, and that is said.
    let done = shop.guard(&["check", "--offline"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains("--offline: not asked: uses-web"), "{said}");
}
