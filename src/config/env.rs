//! Every environment variable that guard reads, in one list, and the only place that reads them.

/// The variables that are guard's own or that change how it looks.
pub const VARIABLES: &[(&str, &str)] = &[
    ("GUARD", "0 switches the hooks off; guard sets 1 for what it starts itself"),
    ("GUARD_BASE", "the commit to compare with, like --base"),
    ("GUARD_FORMAT", "the format of the report, like --format"),
    ("CI", "set by CI systems: the moment is then \"ci\" unless --at says otherwise"),
    ("GITHUB_ACTIONS", "true on GitHub: the report is then also written as annotations"),
    ("NO_COLOR", "not empty: no colour"),
    ("CLICOLOR_FORCE", "not 0: colour even where the output is no terminal"),
    ("FORCE_COLOR", "0: no colour; anything else: colour"),
    ("CLICOLOR", "0: no colour"),
    ("TERM", "dumb: no colour"),
    ("PRE_COMMIT_TO_REF", "what pre-commit and prek say is pushed"),
    ("PRE_COMMIT_LOCAL_BRANCH", "the same, where all of a branch is pushed"),
    ("PRE_COMMIT_FROM_REF", "and from where on"),
    ("PRE_COMMIT_REMOTE_NAME", "and where to"),
    ("PRE_COMMIT_REMOTE_BRANCH", "and to which ref"),
    ("PGHOST", "PostgreSQL's host, where the URL names none"),
    ("PGHOSTADDR", "its address"),
    ("PGPORT", "its port"),
    ("PGDATABASE", "the database"),
    ("PGUSER", "the user"),
    ("PGPASSWORD", "the password; not shown"),
    ("PGPASSFILE", "the password file, in place of ~/.pgpass"),
    ("PGSERVICE", "a section of the service file"),
    ("PGSERVICEFILE", "that file, in place of ~/.pg_service.conf"),
    ("PGSYSCONFDIR", "the directory of the system's pg_service.conf"),
    ("PGSSLMODE", "how PostgreSQL is encrypted"),
    ("PGSSLROOTCERT", "the authorities that are trusted"),
    ("PGSSLCERT", "the client's certificate"),
    ("PGSSLKEY", "its key"),
    ("PGCHANNELBINDING", "require: only a login that is bound to the encryption"),
    ("PGOPTIONS", "options for the PostgreSQL session"),
    ("PGAPPNAME", "guard's name in PostgreSQL's lists"),
    ("PGCONNECT_TIMEOUT", "seconds for each address, within the timeout of guard.toml"),
    (
        "MYSQL_HOST",
        "MySQL's or MariaDB's host, where neither the URL nor an option file (~/.my.cnf) names one",
    ),
    ("MYSQL_TCP_PORT", "its port; MYSQL_PORT too"),
    ("MYSQL_PORT", "its port, as containers have it"),
    ("MYSQL_UNIX_PORT", "its socket"),
    ("MYSQL_USER", "the user"),
    ("MYSQL_PWD", "the password; not shown"),
    ("MYSQL_PASSWORD", "the password, as containers have it; not shown"),
    ("MYSQL_ROOT_PASSWORD", "the password of root, as containers have it; not shown"),
    ("MYSQL_DATABASE", "the database"),
    ("MARIADB_HOST", "the same for MariaDB's containers; the names of MySQL come first"),
    ("MARIADB_PORT", "its port"),
    ("MARIADB_USER", "the user"),
    ("MARIADB_PASSWORD", "the password; not shown"),
    ("MARIADB_ROOT_PASSWORD", "the password of root; not shown"),
    ("MARIADB_DATABASE", "the database"),
];

/// The value of a variable, also of one that `guard.toml` names. Empty and not UTF-8 count as not set.
#[expect(clippy::disallowed_methods, reason = "this is the place that the others are sent to")]
pub fn get(name: &str) -> Option<String> {
    // A name that no variable can have makes `var` panic on some systems.
    if name.is_empty() || name.contains(['=', '\0']) {
        return None;
    }
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The value of a variable of the list, for people: a secret is not shown.
pub fn shown(name: &str) -> Option<String> {
    let value = get(name)?;
    Some(if name.contains("PASSWORD") || name.ends_with("PWD") { "…".to_owned() } else { value })
}
