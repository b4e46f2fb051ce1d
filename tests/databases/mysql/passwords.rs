//! Who is let in, by which proof; and where the password goes.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread;
use std::time::Instant;

use migguard::db::{DatabaseUrl, DbError, open};
use sha2::{Digest as _, Sha256};

use super::super::peers::peer;
use super::super::{AMPLE, read};
use super::silence::{greeting, packet, take};
use super::{MySql, both, ids, refusal};
use crate::support::mysql::{ENCODED, PASSWORD};

#[test]
fn passwords_let_in_and_wrong_ones_do_not() {
    let mysql = MySql::with_ledger();
    for parameters in ["ssl-mode=disabled", "ssl-mode=required", ""] {
        let right = mysql.tcp(&format!("native:{ENCODED}"), parameters);
        assert_eq!(ids(&right).unwrap(), both(), "{parameters}");
        for (user, words) in [
            (format!("native:wrong-{ENCODED}"), "Access denied"),
            ("native".to_owned(), "asks for a password"),
        ] {
            let error = refusal(&mysql.tcp(&user, parameters), AMPLE);
            assert!(matches!(&error, DbError::Denied(what) if what.contains(words)), "{error:?}");
            assert!(!error.to_string().contains(PASSWORD), "{error}");
        }
    }
    assert_eq!(ids(&mysql.tcp("free", "")).unwrap(), both());
    let absent = refusal(&mysql.server.socket_url("root", "no_such_database"), AMPLE);
    assert!(matches!(&absent, DbError::Failed(what) if what.contains("no_such_database")), "{absent:?}");
}

#[test]
fn a_login_that_guard_does_not_know_is_said_by_name() {
    let mysql = MySql::with_ledger();
    let error = refusal(&mysql.tcp(&format!("modern:{ENCODED}"), ""), AMPLE);
    assert!(matches!(&error, DbError::Denied(what) if what.contains("login by client_ed25519")), "{error:?}");
}

/// What a MySQL 8 with an empty memory does: it wants the password itself.
fn asks(mut stream: impl std::io::Read + std::io::Write) -> Option<Vec<u8>> {
    stream.write_all(&greeting(false, "caching_sha2_password")).ok()?;
    let login = take(&mut stream)?;
    assert!(!login.windows(7).any(|window| window == b"hunter2"), "the password itself comes unasked");
    stream.write_all(&packet(2, &[1, 4])).ok()?;
    take(&mut stream)
}

/// A peer for one guest, and what it heard.
fn once(
    behaves: impl FnOnce(TcpStream) -> Option<Vec<u8>> + Send + 'static,
) -> (u16, thread::JoinHandle<Option<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, thread::spawn(move || behaves(listener.accept().unwrap().0)))
}

#[test]
fn the_password_itself_goes_only_where_nobody_can_listen() {
    let (port, came) = once(|stream| asks(&stream));
    let error = refusal(&format!("mysql://app:hunter2@127.0.0.1:{port}/db"), AMPLE);
    assert_eq!(came.join().unwrap(), None, "it is not sent");
    assert!(matches!(&error, DbError::Denied(what) if what.contains("ssl-mode=required")), "{error:?}");
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let came = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        asks(&stream)
    });
    let error = refusal(&format!("mysql://app:hunter2@localhost/db?socket={}", socket.display()), AMPLE);
    assert!(matches!(error, DbError::Unreachable(_)), "{error:?}");
    assert_eq!(came.join().unwrap().unwrap(), b"hunter2\0");
    let (greedy, came) = once(|mut stream| {
        stream.write_all(&greeting(false, "mysql_native_password")).ok()?;
        take(&stream)?;
        stream.write_all(&packet(2, b"\xfemysql_clear_password\0")).ok()?;
        take(&stream)
    });
    let error = refusal(&format!("mysql://app:hunter2@127.0.0.1:{greedy}/db"), AMPLE);
    assert_eq!(
        came.join().unwrap(),
        None,
        "nothing is sent to somebody who asks for a password in the clear"
    );
    assert!(matches!(&error, DbError::Denied(what) if what.contains("mysql_clear_password")), "{error:?}");
}

/// MySQL 8 remembers the double hash of a password that it has seen, and checks the proof with it.
#[test]
fn a_server_that_remembers_the_password_is_content_with_the_proof() {
    let port = peer(|mut stream| {
        let _ = stream.write_all(&greeting(false, "caching_sha2_password"));
        let login = take(&stream).unwrap_or_default();
        let kept = Sha256::digest(Sha256::digest(b"hunter2"));
        let mask = Sha256::new().chain_update(kept).chain_update(b"saltsaltsaltsaltsalt").finalize();
        let proves = login.windows(32).any(|proof| {
            let once: Vec<u8> = proof.iter().zip(mask).map(|(one, other)| one ^ other).collect();
            Sha256::digest(&once) == kept
        });
        let answer: &[u8] = if proves { &[1, 3] } else { b"\xff\x15\x04#28000Access denied" };
        let _ = stream.write_all(&packet(2, answer));
        let _ = stream.write_all(&packet(3, b"\xff\x2c\x04#08004the end of this test"));
        let _ = take(&stream);
    });
    let error = refusal(&format!("mysql://app:hunter2@127.0.0.1:{port}/db"), AMPLE);
    assert!(error.to_string().contains("end of this test"), "{error:?}");
    let error = refusal(&format!("mysql://app:hunter3@127.0.0.1:{port}/db"), AMPLE);
    assert!(error.to_string().contains("Access denied"), "{error:?}");
}

#[test]
fn what_is_not_in_the_url_comes_from_the_files_and_the_variables() {
    let mysql = MySql::with_ledger();
    let home = tempfile::tempdir().unwrap();
    let (port, database) = (mysql.server.port.to_string(), mysql.database.as_str());
    let socket = mysql.server.file("socket");
    let home_dir = home.path().to_str().unwrap();
    let with = |url: &str, variables: &[(&str, &str)]| {
        let lookup = |name: &str| {
            let mut all = [("HOME", home_dir)].into_iter().chain(variables.iter().copied());
            all.rfind(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        let url = DatabaseUrl::parse(url, Path::new("")).unwrap().complete(&lookup).unwrap();
        let shown = format!("{url} {url:?}");
        assert!(!shown.contains(PASSWORD), "{shown}");
        let mut database = open(&url, Instant::now() + AMPLE)?;
        read(&mut *database, "ledger", &["id"])
    };
    let place = [("MYSQL_HOST", "127.0.0.1"), ("MYSQL_TCP_PORT", &port), ("MYSQL_DATABASE", database)];
    let all = [&place[..], &[("MYSQL_USER", "native"), ("MYSQL_PWD", PASSWORD)]].concat();
    assert_eq!(with("mysql://", &all).unwrap(), both(), "variables");
    let docker = [("MYSQL_USER", "native"), ("MYSQL_PASSWORD", PASSWORD)];
    let url = format!("mysql2://localhost:{port}/{database}");
    assert_eq!(with(&url, &docker).unwrap(), both(), "the variables of a container");
    assert!(matches!(with(&url, &[("MYSQL_USER", "native"), ("MYSQL_PWD", "no")]), Err(DbError::Denied(_))));
    let file = format!(
        "[client]\nuser=native\npassword=\"{PASSWORD}\"\nsocket={socket}\n[mysqldump]\nuser=nobody\n"
    );
    std::fs::write(home.path().join(".my.cnf"), file).unwrap();
    assert_eq!(with(&format!("mysql:///{database}"), &[]).unwrap(), both(), "option file");
    assert_eq!(with(&format!("mysql+pymysql://native@/{database}"), &[]).unwrap(), both(), "SQLAlchemy");
    let go = format!("native:{PASSWORD}@tcp(localhost:{port})/{database}?parseTime=true");
    assert_eq!(with(&go, &[]).unwrap(), both(), "Go");
    let go = format!("native:{PASSWORD}@unix({socket})/{database}");
    assert_eq!(with(&go, &[]).unwrap(), both(), "Go over a socket");
    let php = format!("mysql:unix_socket={socket};dbname={database}");
    assert_eq!(with(&php, &[]).unwrap(), both(), "PHP");
    let jdbc = format!("jdbc:mariadb://localhost:{port}/{database}?user=native&password={ENCODED}");
    assert_eq!(with(&jdbc, &[]).unwrap(), both(), "JDBC");
}
