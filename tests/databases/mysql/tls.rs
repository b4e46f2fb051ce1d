//! Encryption as MySQL's client has it, against a server with a certificate of a private authority.

use migguard::db::DbError;

use super::super::AMPLE;
use super::super::peers::peer;
use super::silence::{greeting, packet, take};
use super::{MySql, both, ids, refusal};

/// The same place by its address, which the certificate does not name.
fn by_address(url: &str) -> String {
    url.replace("localhost", "127.0.0.1")
}

#[test]
fn every_mode_asks_for_what_it_promises() {
    let mysql = MySql::with_ledger();
    let (ca, other) = (mysql.server.file("ca.crt"), mysql.server.file("other.crt"));
    let server = mysql.server.file("server.crt");
    let url = |mode: &str| mysql.tcp("encrypted", mode);
    for mode in [
        String::new(),
        "ssl-mode=preferred".to_owned(),
        "ssl-mode=required".to_owned(),
        "useSSL=true".to_owned(),
        "tls=skip-verify".to_owned(),
        "sslaccept=accept_invalid_certs".to_owned(),
        format!("ssl-ca={ca}"),
        format!("ssl-mode=verify_ca&ssl-ca={ca}"),
        format!("ssl-mode=verify_identity&ssl-ca={ca}"),
        format!("ssl-mode=verify_identity&ssl-ca={server}"),
        format!("sslaccept=strict&sslcert={ca}"),
    ] {
        assert_eq!(ids(&url(&mode)).unwrap(), both(), "{mode}");
    }
    let verify_ca = by_address(&url(&format!("ssl-mode=verify_ca&ssl-ca={ca}")));
    assert_eq!(ids(&verify_ca).unwrap(), both(), "verify_ca does not ask for the name");
    for (url, what) in [
        (url("ssl-mode=disabled"), "a server that wants encryption"),
        (by_address(&url(&format!("ssl-mode=verify_identity&ssl-ca={ca}"))), "another name"),
        (url(&format!("ssl-mode=verify_identity&ssl-ca={other}")), "another authority"),
        (url(&format!("ssl-mode=verify_ca&ssl-ca={other}")), "another authority, whatever the name"),
        (url(&format!("ssl-ca={other}")), "another authority, named alone"),
        (url("ssl-mode=verify_identity"), "an authority that the system does not know"),
        (url("tls=true"), "the same in Go"),
    ] {
        let error = refusal(&url, AMPLE);
        assert!(matches!(error, DbError::Denied(_)), "{what}: {error:?}");
    }
    let error = refusal(&url("ssl-mode=verify_ca&ssl-ca=/no/such/file"), AMPLE);
    assert!(matches!(&error, DbError::Failed(what) if what.contains("/no/such/file")), "{error:?}");
}

#[test]
fn a_client_certificate_lets_in() {
    let mysql = MySql::with_ledger();
    let (cert, key) = (mysql.server.file("client.crt"), mysql.server.file("client.key"));
    let with = |cert: &str, key: &str| {
        mysql.tcp("certified", &format!("ssl-mode=required&ssl-cert={cert}&ssl-key={key}"))
    };
    assert_eq!(ids(&with(&cert, &key)).unwrap(), both());
    let error = refusal(&mysql.tcp("certified", "ssl-mode=required"), AMPLE);
    assert!(matches!(error, DbError::Denied(_)), "{error:?}");
    let error = refusal(&with(&cert, &mysql.server.file("other.key")), AMPLE);
    assert!(matches!(&error, DbError::Failed(what) if what.contains("ssl-key")), "{error:?}");
}

#[test]
fn who_prefers_encryption_goes_without_it_and_who_requires_it_does_not() {
    // Lets everybody in, and does not know how to encrypt.
    let plain = peer(|mut stream| {
        use std::io::Write as _;
        let _ = stream.write_all(&greeting(false, "mysql_native_password"));
        let login = take(&stream).unwrap_or_default();
        assert!(!login.windows(7).any(|window| window == b"hunter2"), "the password itself is not sent");
        let _ = stream.write_all(&packet(2, b"\xff\x15\x04#28000Access denied: the end of this test"));
    });
    let url = |mode: &str| format!("mysql://app:hunter2@127.0.0.1:{plain}/db?ssl-mode={mode}");
    let error = refusal(&url("preferred"), AMPLE);
    assert!(error.to_string().contains("end of this test"), "{error:?}");
    for mode in ["required", "verify_ca", "verify_identity"] {
        let error = refusal(&url(mode), AMPLE);
        assert!(
            matches!(&error, DbError::Denied(what) if what.contains("no encryption")),
            "{mode}: {error:?}"
        );
    }
}

#[test]
fn what_is_said_before_the_encryption_does_not_count() {
    let injecting = peer(|mut stream| {
        use std::io::Write as _;
        let _ = stream
            .write_all(&[greeting(true, "mysql_native_password"), packet(2, b"\0\0\0\x02\0\0\0")].concat());
        let _ = take(&stream);
    });
    let error = refusal(&format!("mysql://app@127.0.0.1:{injecting}/db?ssl-mode=required"), AMPLE);
    assert!(matches!(&error, DbError::Denied(what) if what.contains("in the clear")), "{error:?}");
}
