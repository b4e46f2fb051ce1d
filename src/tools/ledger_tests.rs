//! Rows as the tools write them, and what guard reads in them.

use super::super::testing::{Rows, int, list, shown_rows, text, tool};
use super::*;

fn sqlx_rows(rows: Vec<Vec<Cell>>) -> Rows {
    Rows {
        columns: vec!["version", "description", "installed_on", "success", "checksum", "execution_time"],
        rows,
    }
}

#[test]
fn sqlx() {
    let line = |version, name, at, success| {
        vec![int(version), text(name), text(at), int(success), Cell::Blob(vec![1; 48]), int(11_043_622)]
    };
    let raw = sqlx_rows(vec![
        line(3, "late one", "2026-11-21 10:35:52", 1),
        line(-1, "before", "2026-11-21 10:35:50", 1),
        line(20, "pair", "2026-11-21 10:35:53", 0),
    ])
    .read(&tool("sqlx"), "_sqlx_migrations");
    assert_eq!(
        shown_rows(&raw),
        ["-1 | -1 | before | Applied", "3 | 3 | late one | Applied", "20 | 20 | pair | Failed"]
    );
    assert_eq!(raw.rows[0].recorded, Some(checksum::Digest::Bytes(vec![1; 48].into())));
    assert_eq!((raw.read, raw.style), (3, LedgerStyle::Rows));

    let listing = list(&tool("sqlx"), &["03_late_one.sql", "-1_before.sql", "4_pending.sql"]);
    let matched = tool("sqlx").match_rows(&raw, &listing.migrations);
    assert_eq!(matched.rows, [Some(0), Some(1), None]);
    assert_eq!(matched.applied, [true, true, false]);
}

#[test]
fn a_ledger_is_found_by_its_columns_then_by_its_name() {
    let tool = tool("sqlx");
    let one = sqlx_rows(Vec::new());
    let other =
        Table { name: TableName::plain("_sqlx_migrations"), columns: vec![("id".into(), String::new())] };
    let name = |tables: &[Table], configured: Option<&str>| {
        let configured = configured.map(TableName::plain);
        tool.find_ledger(tables, configured.as_ref()).map(|found| found.name.to_string())
    };
    assert_eq!(name(&[one.table("_sqlx_migrations")], None).as_deref(), Some("_sqlx_migrations"));
    assert_eq!(name(&[other.clone()], None), None);
    // A table of another name, if there is no doubt.
    assert_eq!(name(&[one.table("_app_migrations")], None).as_deref(), Some("_app_migrations"));
    assert_eq!(name(&[one.table("a"), one.table("b")], None), None);
    assert_eq!(name(&[one.table("a"), one.table("b")], Some("b")).as_deref(), Some("b"));
    assert_eq!(name(&[one.table("a")], Some("b")), None);
    assert_eq!(name(&[other], Some("_sqlx_migrations")), None);
    assert_eq!(recognise(&one.table("whatever"), &BTreeMap::new()).as_deref(), Some("sqlx"));
}
