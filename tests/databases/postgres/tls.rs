//! Encryption as libpq has it, against a server with a certificate of a private authority.

use migguard::db::DbError;

use super::super::{AMPLE, Engine};
use super::{Postgres, both, ids, refusal};
use crate::support::postgres::ENCODED;

fn readable() -> Postgres {
    let postgres = Postgres::with_ledger();
    postgres.run("GRANT SELECT ON ledger TO PUBLIC");
    postgres
}

/// The same place by its address, which the certificate does not name.
fn by_address(url: &str) -> String {
    url.replace("localhost", "127.0.0.1")
}

#[test]
fn every_mode_asks_for_what_it_promises() {
    let postgres = readable();
    let (ca, other) = (postgres.server.file("ca.crt"), postgres.server.file("other.crt"));
    let server = postgres.server.file("server.crt");
    let url = |mode: &str| postgres.tcp("encrypted", &format!("sslmode={mode}"));
    for mode in [
        "prefer".to_owned(),
        "allow".to_owned(),
        "require".to_owned(),
        "no-verify".to_owned(),
        format!("require&sslrootcert={ca}"),
        format!("verify-ca&sslrootcert={ca}"),
        format!("verify-full&sslrootcert={ca}"),
        format!("verify-full&sslrootcert={server}"),
    ] {
        assert_eq!(ids(&url(&mode)).unwrap(), both(), "{mode}");
    }
    let verify_ca = by_address(&url(&format!("verify-ca&sslrootcert={ca}")));
    assert_eq!(ids(&verify_ca).unwrap(), both(), "verify-ca does not ask for the name");
    for (url, what) in [
        (url("disable"), "a server that wants encryption"),
        (by_address(&url(&format!("verify-full&sslrootcert={ca}"))), "another name"),
        (
            by_address(&url(&format!("verify-full&sslrootcert={server}"))),
            "another name, the certificate itself",
        ),
        (url(&format!("verify-full&sslrootcert={other}")), "another authority"),
        (url(&format!("verify-ca&sslrootcert={other}")), "another authority, whatever the name"),
        (url(&format!("require&sslrootcert={other}")), "another authority, named"),
        (url("verify-full"), "an authority that the system does not know"),
        (url("verify-full&sslrootcert=system"), "an authority that the system does not know, named"),
    ] {
        let error = refusal(&url, AMPLE);
        assert!(matches!(error, DbError::Denied(_)), "{what}: {error:?}");
    }
    let error = refusal(&url("verify-ca&sslrootcert=/no/such/file"), AMPLE);
    assert!(matches!(&error, DbError::Failed(what) if what.contains("/no/such/file")), "{error:?}");
}

#[test]
fn who_prefers_encryption_goes_without_it_and_who_requires_it_does_not() {
    let postgres = readable();
    assert_eq!(ids(&postgres.tcp("plain", "sslmode=prefer")).unwrap(), both());
    assert_eq!(ids(&postgres.tcp("plain", "sslmode=disable")).unwrap(), both());
    let error = refusal(&postgres.tcp("plain", "sslmode=require"), AMPLE);
    assert!(matches!(error, DbError::Denied(_)), "{error:?}");
}

#[test]
fn a_client_certificate_lets_in() {
    let postgres = readable();
    let (cert, key) = (postgres.server.file("client.crt"), postgres.server.file("client.key"));
    let with = |cert: &str, key: &str| {
        postgres.tcp("certified", &format!("sslmode=require&sslcert={cert}&sslkey={key}"))
    };
    assert_eq!(ids(&with(&cert, &key)).unwrap(), both());
    let error = refusal(&postgres.tcp("certified", "sslmode=require"), AMPLE);
    assert!(matches!(error, DbError::Denied(_)), "{error:?}");
    let error = refusal(&with(&cert, &postgres.server.file("other.key")), AMPLE);
    assert!(matches!(&error, DbError::Failed(what) if what.contains("sslkey")), "{error:?}");
}

/// The server checks the hash of its certificate: a wrong one would be refused.
#[test]
fn the_login_is_bound_to_the_channel() {
    let postgres = readable();
    let url = |parameters: &str| postgres.tcp(&format!("scram:{ENCODED}"), parameters);
    assert_eq!(ids(&url("sslmode=require&channel_binding=require")).unwrap(), both());
    let error = refusal(&url("sslmode=disable&channel_binding=require"), AMPLE);
    assert!(matches!(error, DbError::Denied(_)), "{error:?}");
}
