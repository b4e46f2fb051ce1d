//! Ports for the tests: one that refuses, and one for a server to listen at. A port that was free a moment ago
//! is no promise: many tests ask for ports at the same time.

use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};

/// A port at which nobody listens, as long as the tests run: it belongs to a client.
pub(crate) fn nobody() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let port = client.local_addr().unwrap().port();
    Box::leak(Box::new((listener, client)));
    port
}

/// A port for a server that takes no socket from us. It lies below those that systems give to whoever asks for any.
pub(crate) fn free() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() * 37 % 20_000).unwrap();
    for _ in 0..1000 {
        let port = 10_000 + (begin + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("a thousand ports are taken");
}
