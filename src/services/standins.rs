//! Servers on loopback that fail in one way each, for `guard drill`: what they do is real, and harms nobody.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// A way in which a server fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody listens.
    Refused,
    /// Nothing comes back, not even a refusal: a full queue, or a firewall that drops.
    BlackHole,
    /// It accepts, and says nothing.
    Silent,
    /// It answers with one byte a second.
    Drips,
    /// It answers, with an error.
    Error,
    /// It lets one in, and then says nothing: a frozen database.
    Frozen,
    /// It lets one in, and the ledger is locked.
    Locked,
}

impl Failure {
    /// All of them, in the words of the table.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Refused, "refuses connections"),
        (Self::BlackHole, "black hole: nothing comes back"),
        (Self::Silent, "accepts, and never answers"),
        (Self::Drips, "one byte a second"),
        (Self::Error, "answers with an error"),
        (Self::Frozen, "frozen after the login"),
        (Self::Locked, "its ledger is locked"),
    ];
}

/// What a stand-in speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// HTTP, or nothing that matters.
    Http,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// Redis.
    Redis,
}

/// A stand-in, up until it is dropped; its threads end with the process.
#[derive(Debug)]
pub struct StandIn {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    _held: Vec<TcpStream>,
    _listener: Option<TcpListener>,
}

impl StandIn {
    /// One that fails so.
    pub fn start(failure: Failure, speech: Speech) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        match failure {
            Failure::Refused => {
                // The port of a client: nobody listens there, and nobody else is given it meanwhile.
                let held = TcpStream::connect(("127.0.0.1", port))?;
                Ok(Self { port: held.local_addr()?.port(), _held: vec![held], _listener: Some(listener) })
            }
            Failure::BlackHole => {
                let held = fill(&listener)?;
                Ok(Self { port, _held: held, _listener: Some(listener) })
            }
            _ => {
                thread::Builder::new().spawn(move || {
                    for socket in listener.incoming().flatten() {
                        // One that cannot be treated so is hung up on.
                        drop(thread::Builder::new().spawn(move || treat(socket, failure, speech)));
                    }
                })?;
                Ok(Self { port, _held: Vec::new(), _listener: None })
            }
        }
    }
}

/// Fills the queue of a server that accepts nobody: from then on the kernel answers no one.
fn fill(listener: &TcpListener) -> std::io::Result<Vec<TcpStream>> {
    #[cfg(unix)]
    rustix::net::listen(listener, 0)?;
    let address = listener.local_addr()?;
    let mut held = Vec::new();
    while held.len() < 5_000 {
        match TcpStream::connect_timeout(&address, Duration::from_millis(150)) {
            Ok(socket) => held.push(socket),
            Err(_) => return Ok(held),
        }
    }
    Err(std::io::Error::other("the queue of a server on loopback is never full here"))
}

fn treat(mut socket: TcpStream, failure: Failure, speech: Speech) {
    // Whoever has gone away is of no interest.
    let _ = match failure {
        Failure::Drips => drip(&mut socket, speech),
        Failure::Error => fail(&mut socket, speech),
        Failure::Frozen => log_in(&mut socket, speech),
        Failure::Locked => log_in(&mut socket, speech).and_then(|()| locked(&mut socket, speech)),
        Failure::Refused | Failure::BlackHole | Failure::Silent => Ok(()),
    };
    // Open until the other side ends it.
    while socket.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {}
}

/// One byte a second of an answer that is never whole.
fn drip(socket: &mut TcpStream, speech: Speech) -> std::io::Result<()> {
    let begin: &[u8] = match speech {
        Speech::Http => b"HTTP/1.1 200 OK, if only it came to an end: ",
        // The head of a message of 64 KiB.
        Speech::Postgres => b"R\x00\x01\x00\x00",
        Speech::Mysql => b"\xff\xff\x00\x00",
        Speech::Redis => b"+PONG ",
    };
    for byte in begin.iter().chain(std::iter::repeat(&b'x')) {
        socket.write_all(&[*byte])?;
        thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

fn fail(socket: &mut TcpStream, speech: Speech) -> std::io::Result<()> {
    if speech == Speech::Postgres {
        // A probe wants to know about TLS alone, and a client goes on.
        greeted(socket)?;
    }
    socket.write_all(error(speech))
}

fn error(speech: Speech) -> &'static [u8] {
    match speech {
        Speech::Http => b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        Speech::Postgres => b"E\x00\x00\x00\x23SFATAL\x00C57P03\x00Mis starting up\x00\x00",
        Speech::Mysql => b"\x17\x00\x00\x00\xff\x10\x04Too many connections",
        Speech::Redis => b"-LOADING Redis is loading\r\n",
    }
}

/// Reads what a PostgreSQL client begins with: the wish for TLS, which is denied, and who it is.
fn greeted(socket: &mut TcpStream) -> std::io::Result<()> {
    loop {
        let mut head = [0; 8];
        socket.read_exact(&mut head)?;
        if head[4..] != [0x04, 0xd2, 0x16, 0x2f] {
            let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]).saturating_sub(8);
            let rest = u64::from(length.min(10_000));
            return Read::take(socket, rest).read_to_end(&mut Vec::new()).map(drop);
        }
        socket.write_all(b"N")?;
    }
}

/// Lets everybody in.
fn log_in(socket: &mut TcpStream, speech: Speech) -> std::io::Result<()> {
    match speech {
        Speech::Postgres => {
            greeted(socket)?;
            // `AuthenticationOk` and `ReadyForQuery`.
            socket.write_all(b"R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I")
        }
        // A greeting; what follows it is never answered.
        Speech::Mysql => socket.write_all(
            b"\x4a\x00\x00\x00\x0a8.0.36\x00\x01\x00\x00\x00abcdefgh\x00\xff\xf7\x08\x02\x00\xff\xc1\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00abcdefghijkl\x00mysql_native_pw\x00",
        ),
        Speech::Http | Speech::Redis => Ok(()),
    }
}

/// Answers each question with "could not obtain lock".
fn locked(socket: &mut TcpStream, speech: Speech) -> std::io::Result<()> {
    if speech != Speech::Postgres {
        return Ok(());
    }
    let mut chunk = [0; 4096];
    while socket.read(&mut chunk)? > 0 {
        socket.write_all(
            b"E\x00\x00\x00\x2aSERROR\x00C55P03\x00Mcould not obtain lock\x00\x00Z\x00\x00\x00\x05I",
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_postgres_have_their_length() {
        for message in
            [error(Speech::Postgres), b"E\x00\x00\x00\x2aSERROR\x00C55P03\x00Mcould not obtain lock\x00\x00"]
        {
            let length = u32::from_be_bytes([message[1], message[2], message[3], message[4]]);
            assert_eq!(length as usize, message.len() - 1, "{}", String::from_utf8_lossy(message));
        }
    }

    #[test]
    fn a_black_hole_answers_nobody() {
        let hole = StandIn::start(Failure::BlackHole, Speech::Http).unwrap();
        let address = ([127, 0, 0, 1], hole.port).into();
        let error = TcpStream::connect_timeout(&address, Duration::from_millis(200)).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    }
}
