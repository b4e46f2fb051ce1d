//! URLs in the spellings of the tools; and that no secret is ever shown.

use proptest::prelude::*;

use super::*;

const HERE: &str = "/repo";

fn path(text: &str) -> String {
    let url = DatabaseUrl::parse(text, Path::new(HERE));
    url.map_or_else(|error| format!("{error:?}"), |url| url.path().display().to_string())
}

#[test]
fn all_spellings_of_a_file() {
    for (text, expected) in [
        ("sqlite:dev.db", "/repo/dev.db"),
        ("sqlite://dev.db", "/repo/dev.db"),
        ("sqlite://db/dev.db", "/repo/db/dev.db"),
        ("sqlite:///var/dev.db", "/var/dev.db"),
        ("sqlite:/var/dev.db", "/var/dev.db"),
        ("sqlite:dev.db?mode=rwc", "/repo/dev.db"),
        ("sqlite:dev", "/repo/dev"),
        ("sqlite3:db/development.sqlite3", "/repo/db/development.sqlite3"),
        ("SQLite:dev.db", "/repo/dev.db"),
        ("file:./dev.db", "/repo/./dev.db"),
        ("file:dev.db?connection_limit=1", "/repo/dev.db"),
        ("file:///var/dev.db", "/var/dev.db"),
        ("file://localhost/var/dev.db", "/var/dev.db"),
        ("jdbc:sqlite:dev.db", "/repo/dev.db"),
        ("jdbc:sqlite:/var/dev.db", "/var/dev.db"),
        ("jdbc:sqlite:file:dev.db?cache=shared", "/repo/dev.db"),
        ("sqlite+aiosqlite:///dev.db", "/repo/dev.db"),
        ("sqlite+pysqlite:////var/dev.db", "/var/dev.db"),
        ("sqlite:a%20b.db", "/repo/a b.db"),
        ("sqlite:100%.db", "/repo/100%.db"),
        ("sqlite:100%ff.db", "/repo/100%ff.db"),
        ("sqlite:a#b.db", "/repo/a#b.db"),
        ("dev.db", "/repo/dev.db"),
        ("db/app.sqlite3", "/repo/db/app.sqlite3"),
        ("a%20b.DB3", "/repo/a%20b.DB3"),
        ("/home/me@work/dev.sqlite", "/home/me@work/dev.sqlite"),
        (" dev.db\n", "/repo/dev.db"),
    ] {
        assert_eq!(path(text), expected, "{text}");
    }
    assert_eq!(path("C:\\data\\dev.db"), "/repo/C:\\data\\dev.db", "an absolute path on Windows only");
    assert_eq!(path("sqlite:///C:/data/dev.db"), "/repo/C:/data/dev.db");
}

#[test]
fn what_is_no_file_is_refused() {
    for (text, expected) in [
        ("", UrlError::Empty),
        (" \t", UrlError::Empty),
        ("app", UrlError::NoScheme),
        ("app:hunter2@host.db", UrlError::UnknownScheme),
        ("host=db password=hunter2", UrlError::NoScheme),
        ("//app:hunter2@host/dev.db", UrlError::NoScheme),
        ("prisma+postgres://host/?api_key=hunter2", UrlError::Unsupported("Prisma Accelerate")),
        ("jdbc:sqlserver://host;databaseName=db", UrlError::Unsupported("SQL Server")),
        ("carrier-pigeon:dev.db", UrlError::UnknownScheme),
        ("sqlite::memory:", UrlError::InMemory),
        ("sqlite://:memory:", UrlError::InMemory),
        ("sqlite:///:memory:", UrlError::InMemory),
        ("jdbc:sqlite::memory:", UrlError::InMemory),
        ("file::memory:?cache=shared", UrlError::InMemory),
        ("file:dev.db?cache=shared&mode=memory", UrlError::InMemory),
        (":memory:", UrlError::InMemory),
        ("sqlite:", UrlError::NoFile),
        ("sqlite://", UrlError::NoFile),
        ("sqlite:///", UrlError::NoFile),
        ("sqlite://app:hunter2@host/dev.db", UrlError::NotAFile),
        ("sqlite:app%3Ahunter2%40host/dev.db", UrlError::NotAFile),
        ("sqlite://host:5432/dev.db", UrlError::NotAFile),
        ("sqlite:a:/hunter2@host", UrlError::NotAFile),
        ("sqlite:a:/hunter2?@host", UrlError::NotAFile),
        ("sqlite:dev%00.db", UrlError::Nul),
    ] {
        assert_eq!(DatabaseUrl::parse(text, Path::new(HERE)), Err(expected), "{text}");
    }
}

#[test]
fn all_spellings_of_a_server() {
    for (text, expected) in [
        ("postgres://app:hunter2@host:5433/db", "postgres://app@host:5433/db"),
        ("postgresql://app@host/db?schema=x&pgbouncer=true&connection_limit=1", "postgresql://app@host/db"),
        ("postgresql+psycopg2://app:hunter2@host/db", "postgresql://app@host/db"),
        ("postgresql+asyncpg://host", "postgresql://host"),
        ("postgis://app@host/db", "postgis://app@host/db"),
        ("jdbc:postgresql://host:1/db?user=app&password=hunter2", "postgresql://app@host:1/db"),
        ("jdbc:postgresql://host:1/db?user=app&password=hun@ter2", "postgresql://…"),
        ("jdbc:postgresql:db", "postgresql:///db"),
        ("postgres://", "postgres://"),
        ("postgresql:///db", "postgresql:///db"),
        ("postgresql:///db?host=/run/postgresql&user=app", "postgresql://app@/db"),
        ("postgres://%2Frun%2Fpostgresql:5433/db", "postgres://:5433/db"),
        ("postgres://app@a:1,b,[::1]:3/db", "postgres://app@a:1,b,[::1]:3/db"),
        ("postgres://app@a,b/db?port=7", "postgres://app@a:7,b:7/db"),
        ("postgres://me%40server:hunter2@host/db", "postgres://…@host/db"),
        ("postgres://app:hun@ter2@host/db", "postgres://app@host/db"),
        ("postgres://app:hun#ter2@host/db", "postgres://app@host/db"),
        ("POSTGRES://app@host/db?sslmode=verify-full&unknown=1", "postgres://app@host/db"),
    ] {
        let url = DatabaseUrl::parse(text, Path::new(HERE)).expect(text);
        assert_eq!(url.to_string(), expected, "{text}");
        assert_eq!(url.has_password(), text.contains("hun"), "{text}");
    }
    for (text, expected) in [
        ("postgres:db", UrlError::NoSlashes),
        ("postgres:app:hunter2@host/db", UrlError::NoSlashes),
        ("jdbc:postgresql:app:hunter2@host", UrlError::NoSlashes),
        ("postgres://app:1/hunter2@host/db", UrlError::NotEscaped),
        ("postgres://app:1?hunter2@host/db", UrlError::NotEscaped),
        ("postgres://app:hun@1/hunter2@host/db", UrlError::NotEscaped),
        ("postgres://app:hunter2", UrlError::Port),
        ("postgres://host:70000/db", UrlError::Port),
        ("postgres://host:0/db", UrlError::Port),
        ("postgres://host&password=hunter2", UrlError::Host),
        ("postgres://host/db?sslmode=sometimes", UrlError::SslMode),
        ("postgres://host/d%00b", UrlError::Nul),
    ] {
        assert_eq!(DatabaseUrl::parse(text, Path::new(HERE)), Err(expected), "{text}");
    }
}

#[test]
fn what_the_url_leaves_open_comes_from_the_variables() {
    let complete = |text: &str, variables: &[(&str, &str)]| {
        let variables = variables.to_vec();
        let lookup = move |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let url = DatabaseUrl::parse(text, Path::new(HERE)).unwrap().complete(&lookup);
        url.map(|url| url.to_string())
    };
    let all =
        [("PGHOST", "h"), ("PGPORT", "7"), ("PGUSER", "u"), ("PGDATABASE", "d"), ("PGPASSWORD", SECRET)];
    assert_eq!(complete("postgres://", &all).unwrap(), "postgres://u@h:7/d");
    assert_eq!(complete("postgres://me@there:8/db", &all).unwrap(), "postgres://me@there:8/db");
    assert_eq!(complete("sqlite:dev.db", &all).unwrap(), "sqlite:dev.db");
    let error = complete("postgres://", &[("PGSERVICE", "app"), ("HOME", "/no")]).unwrap_err();
    assert!(error.contains("app") && error.contains("/no/.pg_service.conf"), "{error}");
    for (name, value) in [("PGPORT", SECRET), ("PGSSLMODE", SECRET), ("PGHOST", "a b")] {
        let error = complete("postgres://", &[(name, value)]).unwrap_err();
        assert!(!error.contains(SECRET), "{error}");
    }
}

#[test]
fn errors_say_what_can_be_read() {
    let error = DatabaseUrl::parse("oracle://app:hunter2@host/db", Path::new(HERE)).unwrap_err();
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "guard {version} cannot read Oracle databases; it reads SQLite (sqlite:, sqlite3:, file:), \
         PostgreSQL (postgres:, postgresql:, postgis:), MySQL and MariaDB (mysql:, mariadb:, mysql2:)"
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_is_shown() {
    for (text, expected) in [
        ("sqlite:dev.db?mode=rwc&password=hunter2", "sqlite:dev.db"),
        ("sqlite:dev.db&password=hunter2", "sqlite:dev.db&password=…"),
        ("sqlite:\u{1b}[31mdev.db", "sqlite:\\u{1b}[31mdev.db"),
        ("postgres://app:hunter2@host/db", "postgres://app@host/db"),
        ("postgres://app@host:5432/db?sslmode=require", "postgres://app@host:5432/db"),
        ("postgres://a:1,b:2/db", "postgres://a:1,b:2/db"),
        ("postgres://app:hunter2@[::1]:5432/db", "postgres://app@[::1]:5432/db"),
        ("postgresql+psycopg2://app:hunter2@host/db", "postgresql://app@host/db"),
        ("mysql://:hunter2@host", "mysql://host"),
        ("mysql://app:hunter2/db", "mysql:…"),
        ("mysql://app:hun/ter2@host/db", "mysql://app@host/db"),
        ("mysql://app:hun?ter2@host/db", "mysql:…"),
        ("mysql://app:hun@ter2@host/db", "mysql://app@host/db"),
        ("sqlserver://host;user=sa;password=hunter2", "sqlserver://host"),
        ("hunter2://host", "…"),
        ("hunter2", "…"),
    ] {
        assert_eq!(redact(text), expected, "{text}");
    }
}

/// No letter of it occurs in the words of guard.
const SECRET: &str = "Zq7Xj9Kv";

fn schemes() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "sqlite:",
            "sqlite://",
            "sqlite:///",
            "sqlite3:",
            "file:",
            "file://",
            "jdbc:sqlite:",
            "sqlite+x:///",
            "postgres://",
            "postgres:",
            "postgres:/",
            "postgresql+a://",
            "mysql://",
            "mysql+pymysql://",
            "mysql2://",
            "mysql+unix://",
            "mysql:",
            "jdbc:mysql://",
            "jdbc:mariadb:",
            "://",
            "//",
            "",
            "bogus://",
            "C:",
        ])
        .prop_map(str::to_owned),
        "[a-z+.:/-]{0,8}",
    ]
}

/// Characters that a hasty person forgets to escape.
fn noise() -> impl Strategy<Value = String> {
    "[a-z0-9:/?#@&=;%\\[\\] .,é\u{0}\u{1b}-]{0,6}"
}

/// A password where URLs have it: behind a colon, and an `@` follows. Or a parameter's value.
fn with_secret() -> impl Strategy<Value = String> {
    let userinfo = (schemes(), "[a-z]{0,4}", noise(), noise(), "[a-z.:0-9/\\[\\]]{0,9}", noise()).prop_map(
        |(scheme, user, before, after, host, end)| {
            // An `@` inside the password ends in a host; what follows the last one is not the password.
            format!("{scheme}{user}:{before}{SECRET}{after}@{host}{}", end.replace('@', ""))
        },
    );
    let parameter = (
        schemes(),
        "[a-z.:@0-9/\\[\\]]{0,12}",
        proptest::sample::select(vec!["?", "&", ";", "?a=b&", "#", " "]),
        proptest::sample::select(vec![
            "password",
            "pwd",
            "token",
            "secret",
            "api_key",
            "sslkey",
            "authToken",
        ]),
        noise(),
        noise(),
    )
        .prop_map(|(scheme, place, mark, key, before, after)| {
            format!("{scheme}{place}{mark}{key}={before}{SECRET}{after}")
        });
    prop_oneof![userinfo, parameter]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn no_secret_of_a_server_is_ever_shown(
        scheme in proptest::sample::select(vec![
            "postgres://", "postgresql+x://", "jdbc:postgresql://", "jdbc:postgresql:",
            "mysql://", "mysql2://", "mysql+pymysql://", "mysql+unix://", "mariadb:", "mysql:host=", "",
            "jdbc:mysql://", "jdbc:mysql:loadbalance://", "jdbc:mariadb:",
        ]),
        rest in "[a-z0-9:/?#@&=;%,\\[\\] .é-]{0,8}:[a-z0-9:/?#@&=;%,\\[\\] .é-]{0,3}",
        end in "[a-z0-9:/?#&=;%,\\[\\] .é-]{0,6}@(tcp\\(|unix\\(/)?[a-z]{1,3}(\\)/)?[a-z0-9:/?#&=;%,\\[\\].-]{0,9}",
    ) {
        let text = format!("{scheme}{rest}{SECRET}{end}");
        let shown = match DatabaseUrl::parse(&text, Path::new(HERE)) {
            Ok(url) => format!("{url} {url:?} {:?}", url.clone().complete(&|_| None)),
            Err(error) => format!("{error} {error:?}"),
        };
        prop_assert!(!format!("{shown} {}", redact(&text)).contains(SECRET), "{text:?} shows as {shown:?}");
    }

    #[test]
    fn no_secret_is_ever_shown(text in with_secret()) {
        let parsed = DatabaseUrl::parse(&text, Path::new(HERE));
        let shown = match &parsed {
            Ok(url) => format!("{url} {url:?} {}", discreet(&url.path().to_string_lossy())),
            Err(error) => format!("{error} {error:?}"),
        };
        let shown = format!("{shown} {parsed:?} {}", redact(&text));
        prop_assert!(!shown.contains(SECRET), "{text:?} shows as {shown:?}");
    }

    #[test]
    fn any_text_is_parsed_without_a_panic(text in "\\PC{0,40}", scheme in schemes()) {
        for text in [text.clone(), format!("{scheme}{text}")] {
            let shown = DatabaseUrl::parse(&text, Path::new(HERE)).map(|url| url.to_string());
            prop_assert!(redact(&text).chars().all(|character| !character.is_control()), "{shown:?}");
        }
    }
}
