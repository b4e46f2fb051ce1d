//! Asks over the network. No read or write waits longer than what is left of the time.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::model::Cause;

use super::{Scheme, Target};

/// More of an answer than this is not read: what decides stands in the first line.
const ENOUGH: usize = 8 * 1024;

/// Asks whether it is up.
pub(super) fn ask(target: &Target, deadline: Instant) -> Result<(), Cause> {
    let socket = connect(target, deadline)?;
    let mut socket = Timed { socket, deadline };
    match target.scheme {
        Scheme::Tcp => Ok(()),
        Scheme::Tls => encrypt(target, socket).map(drop),
        Scheme::Http => http(target, &mut socket),
        Scheme::Https => http(target, &mut encrypt(target, socket)?),
        Scheme::Postgres => postgres(&mut socket),
        Scheme::Mysql => mysql(&mut socket),
        Scheme::Redis => redis(&mut socket),
    }
}

/// Tries all addresses of the name, within one time for all.
fn connect(target: &Target, deadline: Instant) -> Result<TcpStream, Cause> {
    let Target { host, port, .. } = target;
    let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, *port)],
        Err(_) => (host.as_str(), *port)
            .to_socket_addrs()
            .map_err(|error| {
                Cause::Unreachable(format!("the name {host} cannot be looked up: {}", words(&error)))
            })?
            .collect(),
    };
    let mut cause = Cause::Unreachable(format!("the name {host} has no address"));
    for (tried, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let others = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = left / others;
        if share.is_zero() {
            return Err(Cause::TimedOut);
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(socket) if is_itself(&socket) => cause = trouble(&ErrorKind::ConnectionRefused.into()),
            Ok(socket) => return Ok(socket),
            Err(error) => cause = trouble(&error),
        }
    }
    Err(cause)
}

/// Whether a socket is connected with itself, and speaks to nobody. Where no server listens at a port of those that systems
/// give to clients, it may become the own one: Linux does so (RFC 9293, 3.5: simultaneous open).
fn is_itself(socket: &TcpStream) -> bool {
    socket.local_addr().is_ok_and(|own| socket.peer_addr().is_ok_and(|other| own == other))
}

/// A socket on which nothing takes longer than what is left.
struct Timed {
    socket: TcpStream,
    deadline: Instant,
}

impl Timed {
    fn left(&self) -> std::io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.socket.set_read_timeout(Some(self.left()?))?;
        self.socket.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.socket.set_write_timeout(Some(self.left()?))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn trouble(error: &std::io::Error) -> Cause {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Cause::TimedOut,
        ErrorKind::ConnectionRefused => Cause::Unreachable("it refuses connections".to_owned()),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            Cause::Failed("it hangs up".to_owned())
        }
        _ => Cause::Unreachable(words(error)),
    }
}

/// What the system says, without its number.
fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .trim_start_matches("failed to lookup address information: ")
        .to_owned()
}

type Encrypted = StreamOwned<ClientConnection, Timed>;

fn encrypt(target: &Target, mut socket: Timed) -> Result<Encrypted, Cause> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let failed = |error: &dyn std::fmt::Display| Cause::Failed(format!("TLS: {error}"));
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(target.host.clone()).map_err(|error| failed(&error))?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(|error| failed(&error))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket).map_err(|error| match error.kind() {
            ErrorKind::InvalidData | ErrorKind::Other => failed(&error),
            _ => trouble(&error),
        })?;
    }
    Ok(StreamOwned::new(connection, socket))
}

/// Reads until `enough` says so. `None` where the other side has ended before.
fn read_until(socket: &mut impl Read, enough: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>, Cause> {
    let mut answer = Vec::new();
    let mut chunk = [0; 1024];
    while !enough(&answer) && answer.len() < ENOUGH {
        match socket.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(trouble(&error)),
        }
    }
    if answer.is_empty() { Err(Cause::Failed("it hangs up without a word".to_owned())) } else { Ok(answer) }
}

fn say(socket: &mut impl Write, bytes: &[u8]) -> Result<(), Cause> {
    socket.write_all(bytes).and_then(|()| socket.flush()).map_err(|error| trouble(&error))
}

fn has_line(answer: &[u8]) -> bool {
    answer.contains(&b'\n')
}

/// A GET request; its first line decides.
fn http(target: &Target, socket: &mut (impl Read + Write)) -> Result<(), Cause> {
    let host = if target.host.contains(':') { format!("[{}]", target.host) } else { target.host.clone() };
    let version = env!("CARGO_PKG_VERSION");
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {host}:{}\r\nUser-Agent: guard/{version}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        target.path, target.port
    );
    say(socket, request.as_bytes())?;
    let answer = read_until(socket, has_line)?;
    let status =
        status(&answer).ok_or_else(|| Cause::Failed("what answers does not speak HTTP".to_owned()))?;
    match target.status {
        Some(expected) if expected == status => Ok(()),
        Some(expected) => {
            Err(Cause::Failed(format!("it answers with status {status}, and {expected} is expected")))
        }
        None if (100..400).contains(&status) => Ok(()),
        None => Err(Cause::Failed(format!("it answers with status {status}"))),
    }
}

/// The status in `HTTP/1.1 200 OK`.
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\n').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    words.next()?.parse().ok().filter(|status| (100..600).contains(status))
}

/// An `SSLRequest`: a server answers with one letter, before anybody logs in.
fn postgres(socket: &mut (impl Read + Write)) -> Result<(), Cause> {
    say(socket, &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])?;
    match read_until(socket, |answer| !answer.is_empty())?.first() {
        Some(b'S' | b'N') => Ok(()),
        Some(b'E') => Err(Cause::Failed("PostgreSQL answers with an error".to_owned())),
        _ => Err(Cause::Failed("what answers is not PostgreSQL".to_owned())),
    }
}

/// The server speaks first: three bytes of length, a number, and the version of the protocol.
fn mysql(socket: &mut impl Read) -> Result<(), Cause> {
    let answer = read_until(socket, |answer| answer.len() >= 5)?;
    match answer.get(4) {
        Some(9 | 10) => Ok(()),
        Some(0xff) => {
            let message = String::from_utf8_lossy(answer.get(7..).unwrap_or_default());
            let message: String = message.chars().filter(|letter| !letter.is_control()).take(200).collect();
            Err(Cause::Failed(format!("it answers with an error: {message}")))
        }
        _ => Err(Cause::Failed("what answers is not MySQL".to_owned())),
    }
}

/// PING. One that wants a password first is up as well.
fn redis(socket: &mut (impl Read + Write)) -> Result<(), Cause> {
    say(socket, b"PING\r\n")?;
    let answer = read_until(socket, has_line)?;
    if answer.starts_with(b"-LOADING") {
        return Err(Cause::Failed("Redis is still loading".to_owned()));
    }
    if answer.starts_with(b"+") || answer.starts_with(b"-") {
        return Ok(());
    }
    Err(Cause::Failed("what answers is not Redis".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::services::standins::{Failure, Speech, StandIn};

    /// A server that answers the first connection with these bytes, so many at a time with a pause between.
    fn server(answer: &'static [u8], chunk: usize, pause: Duration) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            for part in answer.chunks(chunk) {
                if socket.write_all(part).is_err() {
                    return;
                }
                thread::sleep(pause);
            }
            // Until the other side has read it: to close at once may throw away what was not read.
            let _ = socket.set_read_timeout(Some(Duration::from_millis(200)));
            while socket.read(&mut [0; 512]).is_ok_and(|length| length > 0) {}
        });
        port
    }

    fn answer(scheme: &str, bytes: &'static [u8], status: Option<u16>) -> Result<(), Cause> {
        let port = server(bytes, 1024, Duration::ZERO);
        let target = Target { status, ..Target::parse(&format!("{scheme}://127.0.0.1:{port}/x")).unwrap() };
        ask(&target, Instant::now() + Duration::from_secs(5))
    }

    #[test]
    fn what_is_up_is_up() {
        assert_eq!(answer("tcp", b"", None), Ok(()));
        assert_eq!(answer("http", b"HTTP/1.1 204 No Content\r\n\r\n", None), Ok(()));
        assert_eq!(answer("http", b"HTTP/1.0 404 Not Found\r\n", Some(404)), Ok(()));
        assert_eq!(answer("postgres", b"N", None), Ok(()));
        assert_eq!(answer("mysql", b"\x4a\0\0\0\x0a8.0.36\0", None), Ok(()));
        assert_eq!(answer("redis", b"-NOAUTH Authentication required.\r\n", None), Ok(()));
    }

    #[test]
    fn what_answers_wrongly_is_not() {
        let failed =
            |scheme: &str, bytes: &'static [u8], status: Option<u16>| match answer(scheme, bytes, status) {
                Err(Cause::Failed(what)) => what,
                other => panic!("{scheme} {bytes:?}: {other:?}"),
            };
        assert_eq!(failed("http", b"HTTP/1.1 503 No\r\n", None), "it answers with status 503");
        assert!(failed("http", b"HTTP/1.1 200 OK\r\n", Some(204)).contains("204 is expected"));
        assert!(failed("http", b"220 smtp ready\r\n", None).contains("does not speak HTTP"));
        assert!(failed("http", b"", None).contains("without a word"));
        assert!(failed("postgres", b"HTTP/1.1 400\r\n", None).contains("not PostgreSQL"));
        assert!(
            failed("mysql", b"\x10\0\0\0\xff\x10\x04Too many connections", None)
                .contains("Too many connections")
        );
        assert!(failed("mysql", b"SSH-2.0-x\r\n", None).contains("not MySQL"));
        assert!(failed("redis", b"-LOADING Redis is loading\r\n", None).contains("loading"));
        assert!(failed("tls", b"no TLS here, and long enough to be read\r\n", None).starts_with("TLS: "));
    }

    #[test]
    fn nobody_there_is_said_at_once() {
        let nobody = StandIn::start(Failure::Refused, Speech::Http).unwrap();
        let target = Target::parse(&format!("tcp://127.0.0.1:{}", nobody.port)).unwrap();
        let cause = ask(&target, Instant::now() + Duration::from_secs(5));
        assert_eq!(cause, Err(Cause::Unreachable("it refuses connections".to_owned())));
    }

    /// One in some ten thousand attempts becomes such a socket by itself.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_socket_that_is_connected_with_itself_is_nobody() {
        let own =
            rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None)
                .unwrap();
        rustix::net::bind(&own, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let own = TcpStream::from(own);
        let address = own.local_addr().unwrap();
        rustix::net::connect(&own, &address).unwrap();
        assert_eq!(own.peer_addr().unwrap(), address);
        assert!(is_itself(&own));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(!is_itself(&TcpStream::connect(listener.local_addr().unwrap()).unwrap()));
    }

    #[test]
    fn silence_and_drops_end_at_the_deadline() {
        for scheme in ["tls", "http", "https", "postgres", "mysql", "redis"] {
            // Silence, and one byte now and then that is never enough.
            for (bytes, chunk) in [(&b""[..], 1), (&b"\x16\x03\x03\x40\x00\x02\x00\x00\x00\x00\x00"[..], 1)] {
                if matches!(scheme, "postgres" | "mysql") && !bytes.is_empty() {
                    continue;
                }
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let port = listener.local_addr().unwrap().port();
                thread::spawn(move || {
                    let (mut socket, _) = listener.accept().unwrap();
                    for part in bytes.chunks(chunk).cycle().take(600) {
                        if socket.write_all(part).is_err() {
                            return;
                        }
                        thread::sleep(Duration::from_millis(100));
                    }
                    thread::sleep(Duration::from_secs(60));
                });
                let target = Target::parse(&format!("{scheme}://127.0.0.1:{port}")).unwrap();
                let begin = Instant::now();
                let answer = ask(&target, begin + Duration::from_millis(300));
                assert_eq!(answer, Err(Cause::TimedOut), "{scheme} {bytes:?}");
                assert!(begin.elapsed() < Duration::from_secs(5), "{scheme} {:?}", begin.elapsed());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_the_status_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            let _ = status(&bytes);
        }
    }
}
