//! The spellings of many libraries, and what option files and variables add.

use proptest::prelude::*;

use super::*;
use crate::db::DatabaseUrl;
use std::path::Path;

fn parsed(text: &str) -> Result<Parameters, UrlError> {
    DatabaseUrl::parse(text, Path::new("")).map(|url| url.mysql().expect(text).clone())
}

/// `user password host port socket database ssl-mode`, `-` for what is not said.
fn words(text: &str) -> String {
    let parameters = parsed(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let names = ["user", "password", "host", "port", "socket", "database", "ssl-mode"];
    names.map(|name| parameters.get(name).unwrap_or("-").to_owned()).join(" ")
}

#[test]
fn all_spellings_of_a_server() {
    for (text, expected) in [
        ("mysql://app:pw@host:3307/db", "app pw host 3307 - db -"),
        ("mariadb://app@host/db?ssl-mode=VERIFY_CA", "app - host - - db verify-ca"),
        ("mysql2://app:pw@localhost/db?pool=5&encoding=utf8mb4", "app pw localhost - - db -"),
        ("trilogy://app@host/db?ssl_mode=SSL_MODE_REQUIRED", "app - host - - db required"),
        ("mysql+pymysql://app:p%40w@[::1]:3307/db?charset=utf8mb4", "app p@w ::1 3307 - db -"),
        ("mariadb+mariadbconnector://app@host/db?ssl_verify_cert=true", "app - host - - db verify-ca"),
        ("mysql+mysqldb://app@host/db?unix_socket=/run/m.sock", "app - host - /run/m.sock db -"),
        ("mysql://app@%2Frun%2Fm.sock/db", "app - - - /run/m.sock db -"),
        ("mysql+unix://app:pw@/run/m.sock?database=db", "app pw - - /run/m.sock db -"),
        ("mysql://app@localhost/db?socketPath=/run/m.sock", "app - localhost - /run/m.sock db -"),
        ("jdbc:mysql://host:3306/db?user=app&password=pw&useSSL=false", "app pw host 3306 - db disabled"),
        (
            "jdbc:mysql://host/db?useSSL=true&requireSSL=true&verifyServerCertificate=true",
            "- - host - - db verify-ca",
        ),
        ("jdbc:mysql://one,two:3307/db?sslMode=VERIFY_IDENTITY", "- - one,two ,3307 - db verify-identity"),
        ("jdbc:mysql:loadbalance://one:1,two:2/db", "- - one,two 1,2 - db -"),
        ("jdbc:mariadb:sequential://one/db?sslMode=verify-full", "- - one - - db verify-identity"),
        ("jdbc:mariadb://host/db?localSocket=/run/m.sock", "- - host - /run/m.sock db -"),
        ("mysql://app@host/db?sslaccept=strict", "app - host - - db verify-identity"),
        ("mysql://app@host/db?sslaccept=accept_invalid_certs", "app - host - - db required"),
        (r#"mysql://app@host/db?ssl={"rejectUnauthorized":true}"#, "app - host - - db verify-identity"),
        (r#"mysql://app@host/db?ssl={"rejectUnauthorized": false}"#, "app - host - - db required"),
        ("mysql://app:pw@tcp(host:3307)/db?tls=true", "app pw host 3307 - db verify-identity"),
        ("app:p/w@:x@tcp([::1]:3307)/db?tls=skip-verify", "app p/w@:x ::1 3307 - db required"),
        ("app@unix(/run/m.sock)/db?parseTime=true&tls=preferred", "app - - - /run/m.sock db preferred"),
        ("tcp(host)/db?tls=false", "- - host - - db disabled"),
        ("mysql:host=host;port=3307;dbname=db;charset=utf8", "- - host 3307 - db -"),
        ("mysql:unix_socket=/run/m.sock;dbname=db", "- - - - /run/m.sock db -"),
        ("MySQL://", "- - - - - - -"),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn certificates_have_many_names_too() {
    let of = |query: &str| {
        let parameters = parsed(&format!("mysql://app@host/db?{query}")).unwrap();
        ["ssl-ca", "ssl-cert", "ssl-key"].map(|name| parameters.get(name).unwrap_or("-").to_owned()).join(" ")
    };
    assert_eq!(of("sslca=/a&sslcert=/b&sslkey=/c"), "/a /b /c");
    assert_eq!(of("ssl_ca=/a&ssl_cert=/b&ssl_key=/c"), "/a /b /c");
    assert_eq!(of("ssl-ca=/a"), "/a - -");
    assert_eq!(of("sslcert=/a&sslaccept=strict"), "/a - -", "Prisma's certificate is the authority");
    assert_eq!(of("serverSslCert=file:/a"), "/a - -");
}

#[test]
fn what_is_no_server_is_refused() {
    for (text, expected) in [
        ("mysql:db", UrlError::MySqlSlashes),
        ("mysql:app:hunter2@host/db", UrlError::MySqlSlashes),
        ("mysql://app:1/hunter2@host/db", UrlError::NotEscaped),
        ("mysql://app:hunter2", UrlError::Port),
        ("mysql://host:70000/db", UrlError::Port),
        ("mysql://a b/db", UrlError::Host),
        ("mysql://host/d%00b", UrlError::Nul),
        ("mysql://host/db?ssl-mode=sometimes", UrlError::MySqlSslMode),
        ("mysql://host/db?tls=custom", UrlError::MySqlSslMode),
        ("jdbc:mysql://host/db?useSSL=false&requireSSL=true", UrlError::MySqlSslMode),
        ("app:hunter2@udp(host)/db", UrlError::UnknownScheme),
        ("jdbc:mysql://address=(host=a)(port=1)/db", UrlError::Host),
    ] {
        assert_eq!(DatabaseUrl::parse(text, Path::new("")).map(|_| ()), Err(expected), "{text}");
    }
}

fn completed(text: &str, home: &Path, variables: &[(&str, &str)]) -> Result<Parameters, String> {
    let lookup = |name: &str| {
        let home = [("HOME", home.to_str().unwrap())];
        let found = variables.iter().chain(&home).find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let mut parameters = parsed(text).unwrap();
    parameters.complete(&lookup).map(|()| parameters)
}

#[test]
fn what_the_url_leaves_open_comes_from_the_files_then_from_the_variables() {
    let home = tempfile::tempdir().unwrap();
    let with = |text: &str, variables: &[(&str, &str)]| {
        let parameters = completed(text, home.path(), variables).unwrap();
        let names = ["user", "password", "host", "port", "database"];
        names.map(|name| parameters.get(name).unwrap_or("-").to_owned()).join(" ")
    };
    let all = [
        ("MYSQL_HOST", "h"),
        ("MYSQL_TCP_PORT", "7"),
        ("MYSQL_USER", "u"),
        ("MYSQL_DATABASE", "d"),
        ("MYSQL_PWD", "p"),
    ];
    assert_eq!(with("mysql://", &all), "u p h 7 d");
    assert_eq!(with("mysql://me@there/db", &all), "me p there - db", "a port of another host");
    assert_eq!(with("mysql://root@h/d", &[("MYSQL_ROOT_PASSWORD", "r")]), "root r h - d");
    assert_eq!(with("mysql://me@h/d", &[("MYSQL_ROOT_PASSWORD", "r")]), "me - h - d");
    std::fs::write(home.path().join(".my.cnf"), "[client]\nuser=f\npassword=fp\nhost=fh\nport=9\n").unwrap();
    assert_eq!(with("mysql:///db", &all), "f fp fh 9 db", "files count before variables");
    assert_eq!(with("mysql://f@fh/db", &[]), "f fp fh - db");
}

#[test]
fn a_password_goes_nowhere_but_where_it_belongs() {
    let home = tempfile::tempdir().unwrap();
    let password = |text: &str| completed(text, home.path(), &[]).unwrap().get("password").map(str::to_owned);
    let file = home.path().join(".my.cnf");
    std::fs::write(&file, "[client]\nuser=me\npassword=mine\n").unwrap();
    for url in
        ["mysql:///db", "mysql://localhost/db", "mysql://me@127.0.0.1:3307/db", "mysql:///db?socket=/s"]
    {
        assert_eq!(password(url).as_deref(), Some("mine"), "{url}");
    }
    for url in ["mysql://elsewhere.example/db", "mysql://you@localhost/db", "mysql://me@elsewhere.example/db"]
    {
        assert_eq!(password(url), None, "{url}");
    }
    std::fs::write(&file, "[client]\nuser=me\npassword=mine\nhost=there\n").unwrap();
    assert_eq!(password("mysql://there/db").as_deref(), Some("mine"));
    assert_eq!(password("mysql://localhost/db"), None);
}

#[test]
fn encryption_of_the_option_files_counts_where_the_url_is_silent() {
    let home = tempfile::tempdir().unwrap();
    let mode = |text: &str| {
        completed(text, home.path(), &[]).map(|found| found.get("ssl-mode").unwrap_or("-").to_owned())
    };
    let file = home.path().join(".my.cnf");
    std::fs::write(&file, "[client]\nssl-verify-server-cert\n").unwrap();
    assert_eq!(mode("mysql://h/db").unwrap(), "verify-identity");
    assert_eq!(mode("mysql://h/db?ssl-mode=disabled").unwrap(), "disabled");
    std::fs::write(&file, "[client]\nskip-ssl\n").unwrap();
    assert_eq!(mode("mysql://h/db").unwrap(), "disabled");
    std::fs::write(&file, "[client]\nssl-mode=hunter2\n").unwrap();
    let error = mode("mysql://h/db").unwrap_err();
    assert!(error.contains("ssl-mode") && !error.contains("hunter2"), "{error}");
}

proptest! {
    #[test]
    fn any_text_is_parsed_without_a_panic(
        scheme in proptest::sample::select(vec!["mysql:", "mysql://", "mysql+unix://", "jdbc:mysql:", "mysql:host=", ""]),
        text in "[a-z0-9:/?#@&=;%,()\\[\\] .é-]{0,40}",
    ) {
        if let Ok(url) = DatabaseUrl::parse(&format!("{scheme}{text}"), Path::new("")) {
            prop_assert!(!url.to_string().chars().any(char::is_control));
        }
    }
}
