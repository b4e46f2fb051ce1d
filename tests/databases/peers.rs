//! Peers for the drivers of servers: silent ones, slow ones, none at all.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// A peer that does this with everybody who connects. It stays until the tests end.
pub(crate) fn peer(behaves: impl Fn(std::net::TcpStream) + Send + Sync + Copy + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || behaves(stream));
        }
    });
    port
}

/// A port at which the kernel answers nobody: as many wait already as may.
pub(crate) fn black_hole() -> (u16, Box<dyn std::any::Any>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (listener, waiting) = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        loop {
            let next = tokio::net::TcpStream::connect(address);
            match tokio::time::timeout(Duration::from_millis(300), next).await {
                Ok(stream) => waiting.push(stream.unwrap()),
                Err(_) => return (listener, waiting),
            }
        }
    });
    (listener.local_addr().unwrap().port(), Box::new((listener, waiting, runtime)))
}

/// Sends a signal to a process by its number. One that is to stop has stopped afterwards, with all its threads: a signal takes
/// its time where the processors are busy.
pub(crate) fn signal(pid: &str, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), pid]).status().unwrap();
    assert!(sent.success(), "kill -{name} {pid}");
    let end = Instant::now() + Duration::from_secs(10);
    while name == "STOP" && cfg!(target_os = "linux") && !has_stopped(pid) {
        assert!(Instant::now() < end, "{pid} does not stop");
        thread::sleep(Duration::from_millis(1));
    }
}

fn has_stopped(pid: &str) -> bool {
    let state = |task: &std::path::Path| {
        let stat = std::fs::read_to_string(task.join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['T', 't', 'Z', 'X']))
    };
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    tasks.flatten().all(|task| state(&task.path()))
}
