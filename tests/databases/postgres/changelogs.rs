//! The ledger that the real Liquibase made in PostgreSQL.

use super::super::Engine;
use super::Postgres;
use crate::liquibase::{TWO, edit, expect, fixes, repo, text};
use crate::support::postgres::ENCODED;

/// In PostgreSQL the names are in small letters, and there are times.
#[test]
fn a_ledger_in_postgresql() {
    let postgres = Postgres::fresh();
    postgres.run(&text("own-postgres.sql"));
    postgres.run("GRANT SELECT ON databasechangelog TO scram");
    let repo = repo("clean.sql");
    let url = postgres.tcp(&format!("scram:{ENCODED}"), "sslmode=prefer");
    repo.write(".gitignore", "*.db*\n.env\n");
    repo.write(".env", format!("DATABASE_URL='{url}'\n"));
    edit(&repo, "guard.toml", "\"sqlite:dev.db\"", "{ env-file = \".env\", key = \"DATABASE_URL\" }");
    assert_eq!(expect(&repo, "clean", &[])["examined"]["checksums"], 10);
    edit(&repo, TWO, "CREATE TABLE two (id INTEGER)", "CREATE TABLE two (id BIGINT)");
    let found = expect(&repo, "edited", &["checksum-mismatch"]);
    assert!(fixes(&found).contains("UPDATE public.databasechangelog SET MD5SUM = NULL"), "{found}");
}
