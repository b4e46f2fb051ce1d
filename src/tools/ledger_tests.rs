//! Rows as the tools write them, and what guard reads in them.

use super::super::testing::{Rows, TOOLS, int, list, shown_rows, text, tool};
use super::super::{LedgerTable, checksum};
use super::*;
use crate::db::Cell;
use crate::model::LedgerStyle;

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
    let other = Table {
        name: TableName::plain("_sqlx_migrations"),
        visible: true,
        columns: vec![("id".into(), String::new())],
    };
    let name = |tables: &[Table], configured: Option<&str>| {
        let configured = configured.map(TableName::plain);
        tool.find_ledger(tables, configured.as_ref()).map(|found| found.name.to_string())
    };
    assert_eq!(name(&[one.table("_sqlx_migrations")], None).as_deref(), Some("_sqlx_migrations"));
    assert_eq!(name(std::slice::from_ref(&other), None), None);
    // A table of another name, if there is no doubt.
    assert_eq!(name(&[one.table("_app_migrations")], None).as_deref(), Some("_app_migrations"));
    assert_eq!(name(&[one.table("a"), one.table("b")], None), None);
    assert_eq!(name(&[one.table("a"), one.table("b")], Some("b")).as_deref(), Some("b"));
    assert_eq!(name(&[one.table("a")], Some("b")), None);
    assert_eq!(name(&[other], Some("_sqlx_migrations")), None);
    assert_eq!(recognise(&one.table("whatever"), &BTreeMap::new()).as_deref(), Some("sqlx"));
}

fn null() -> Cell {
    Cell::Null
}

#[test]
fn refinery() {
    let rows = Rows {
        columns: vec!["version", "name", "applied_on", "checksum"],
        rows: vec![vec![
            int(1),
            text("create_t1"),
            text("2026-11-21T10:40:42.370871853Z"),
            text("1039419957921098991"),
        ]],
    };
    let raw = rows.read(&tool("refinery"), "refinery_schema_history");
    assert_eq!(shown_rows(&raw), ["1 | 1 | create_t1 | Applied"]);
    assert_eq!(raw.rows[0].recorded, Some(checksum::Digest::Number(1_039_419_957_921_098_991)));
}

#[test]
fn diesel_with_a_row_of_its_own() {
    let rows = Rows {
        columns: vec!["version", "run_on"],
        rows: vec![
            vec![text("20240101120000"), text("2026-11-21 10:44:58")],
            vec![text("00000000000000"), text("2026-11-21 10:44:57")],
        ],
    };
    let raw = rows.read(&tool("diesel"), "__diesel_schema_migrations");
    assert_eq!(
        shown_rows(&raw),
        ["00000000000000 | 00000000000000 | - | Baseline", "20240101120000 | 20240101120000 | - | Applied"]
    );
    let listing = list(&tool("diesel"), &["2024-01-01-120000_a/up.sql"]);
    assert_eq!(tool("diesel").match_rows(&raw, &listing.migrations).rows, [None, Some(0)]);
}

#[test]
fn prisma_keeps_what_was_rolled_back() {
    let line = |name, finished: Cell, rolled_back: Cell, started, steps| {
        vec![
            text("id"),
            text("sum"),
            finished,
            text(name),
            text("logs"),
            rolled_back,
            text(started),
            int(steps),
        ]
    };
    let columns = vec![
        "id",
        "checksum",
        "finished_at",
        "migration_name",
        "logs",
        "rolled_back_at",
        "started_at",
        "applied_steps_count",
    ];
    let at = || text("2026-11-21T10:55:04.597+00:00");
    let rows = vec![
        line("5_again", at(), null(), "2026-11-25", 1),
        line("1_init", at(), null(), "2026-11-21", 1),
        line("2_failed", null(), null(), "2026-11-22", 0),
        line("3_resolved", null(), at(), "2026-11-23", 0),
        line("4_baseline", at(), null(), "2026-11-24", 0),
        line("5_again", null(), at(), "2026-11-24", 0),
    ];
    let raw = Rows { columns, rows }.read(&tool("prisma"), "_prisma_migrations");
    assert_eq!(
        shown_rows(&raw),
        [
            "1_init | 1_init | - | Applied",
            "2_failed | 2_failed | - | Failed",
            "4_baseline | 4_baseline | - | Baseline",
            "5_again | 5_again | - | Applied",
        ]
    );
    assert_eq!(raw.read, 6);
    let files = ["1_init/migration.sql", "3_resolved/migration.sql", "5_again/migration.sql"];
    let matched = tool("prisma").match_rows(&raw, &list(&tool("prisma"), &files).migrations);
    assert_eq!(matched.rows, [Some(0), None, None, Some(2)]);
    assert_eq!(matched.applied, [true, false, true]);
}

const FLYWAY: [&str; 10] = [
    "installed_rank",
    "version",
    "description",
    "type",
    "script",
    "checksum",
    "installed_by",
    "installed_on",
    "execution_time",
    "success",
];

fn flyway_line(rank: i64, version: &str, name: &str, kind: &str, sum: Cell, success: i64) -> Vec<Cell> {
    let version = if version.is_empty() { null() } else { text(version) };
    vec![
        int(rank),
        version,
        text(name),
        text(kind),
        text("x.sql"),
        sum,
        text(""),
        text("2026-11-21"),
        int(0),
        int(success),
    ]
}

#[test]
fn flyway_states() {
    let rows = vec![
        flyway_line(9, "7", "seven", "SQL", int(7), 0),
        flyway_line(-100, "", "lock", "SQL", null(), 1),
        flyway_line(0, "", "<< Flyway Schema Creation >>", "SCHEMA", null(), 1),
        flyway_line(1, "2", "<< Flyway Baseline >>", "BASELINE", null(), 1),
        flyway_line(2, "003.0", "three", "SQL", int(-3), 1),
        flyway_line(3, "", "my view", "SQL", int(1), 1),
        flyway_line(4, "4", "four", "SQL", int(4), 1),
        flyway_line(5, "", "my view", "SQL", int(2), 1),
        flyway_line(6, "4", "four", "DELETE", int(4), 1),
        flyway_line(7, "5", "java", "JDBC", null(), 1),
        flyway_line(8, "6", "<< no description >>", "SQL", int(6), 1),
    ];
    let flyway = tool("flyway");
    let raw = Rows { columns: FLYWAY.to_vec(), rows }.read(&flyway, "schema_version");
    assert_eq!(
        shown_rows(&raw),
        [
            "2 | 2 | << Flyway Baseline >> | Baseline",
            "003.0 | 3 | three | Applied",
            " | R my view | my view | Applied",
            "6 | 6 |  | Applied",
            "7 | 7 | seven | Failed",
        ]
    );
    assert_eq!(raw.rows[2].recorded, Some(checksum::Digest::Number(2)));

    let files = [
        "V1__below.sql",
        "V2_0__at.sql",
        "V3__three.sql",
        "V4__four.sql",
        "V6.sql",
        "V7__seven.sql",
        "B2__base.sql",
        "R__my_view.sql",
        "R__new_view.sql",
    ];
    let listing = list(&flyway, &files);
    let matched = flyway.match_rows(&raw, &listing.migrations);
    let pending: Vec<&str> = listing
        .migrations
        .iter()
        .zip(&matched.applied)
        .filter_map(|(one, applied)| (!applied).then_some(one.identity.as_str()))
        .collect();
    assert_eq!(pending, ["4", "R new view"]);
    let found = |row: usize| matched.rows[row].map(|at| listing.migrations[at].path.to_string());
    assert_eq!(found(1).as_deref(), Some("m/V3__three.sql"));
    assert_eq!(found(2).as_deref(), Some("m/R__my_view.sql"));
}

#[test]
fn flyway_baseline_script_covers_what_is_below() {
    let rows = vec![
        flyway_line(1, "5", "base", "SQL_BASELINE", int(5), 1),
        flyway_line(2, "6", "six", "UNDO_SQL", null(), 1),
    ];
    let flyway = tool("flyway");
    let raw = Rows { columns: FLYWAY.to_vec(), rows }.read(&flyway, "flyway_schema_history");
    assert_eq!(shown_rows(&raw), ["5 | B5 | base | Applied"]);
    let listing = list(&flyway, &["V4__a.sql", "V5__b.sql", "B5__base.sql", "V6__c.sql"]);
    assert_eq!(flyway.match_rows(&raw, &listing.migrations).applied, [true, true, true, false]);
}

#[test]
fn goose_newest_row_of_a_version_decides() {
    let line = |id, version, applied| vec![int(id), int(version), int(applied), text("2026-11-21")];
    let rows = Rows {
        columns: vec!["id", "version_id", "is_applied", "tstamp"],
        rows: vec![line(5, 3, 1), line(1, 0, 1), line(2, 1, 1), line(3, 2, 1), line(4, 2, 0)],
    };
    let raw = rows.read(&tool("goose"), "goose_db_version");
    assert_eq!(shown_rows(&raw), ["1 | 1 | - | Applied", "3 | 3 | - | Applied"]);
    let listing = list(&tool("goose"), &["00001_a.sql", "00002_b.sql", "00003_c.sql"]);
    assert_eq!(tool("goose").match_rows(&raw, &listing.migrations).applied, [true, false, true]);
}

#[test]
fn golang_migrate_holds_one_number() {
    let golang = tool("golang-migrate");
    let read = |rows: Vec<Vec<Cell>>| {
        Rows { columns: vec!["version", "dirty"], rows }.read(&golang, "schema_migrations")
    };
    let listing = list(&golang, &["000001_a.up.sql", "2_b.up.sql", "3_c.up.sql"]);
    let clean = read(vec![vec![int(2), int(0)]]);
    assert_eq!(shown_rows(&clean), ["2 | 2 | - | Applied"]);
    assert_eq!(clean.style, LedgerStyle::HighWater);
    let matched = golang.match_rows(&clean, &listing.migrations);
    assert_eq!((matched.rows, matched.applied), (vec![Some(1)], vec![true, true, false]));
    assert_eq!(shown_rows(&read(vec![vec![int(2), text("true")]])), ["2 | 2 | - | Failed"]);
    assert_eq!(shown_rows(&read(vec![vec![int(-1), int(0)]])), [""; 0]);
    assert_eq!(shown_rows(&read(Vec::new())), [""; 0]);
    let undone = read(vec![vec![int(-1), int(1)]]);
    assert_eq!(shown_rows(&undone), ["-1 | -1 | - | Failed"]);
    assert_eq!(golang.match_rows(&undone, &listing.migrations).applied, [false, false, false]);
    // The newest version has no file: what is older counts all the same.
    assert_eq!(golang.match_rows(&read(vec![vec![int(9), int(0)]]), &listing.migrations).applied, [true; 3]);
}

#[test]
fn dbmate_and_rails_share_a_shape() {
    let rows = || Rows {
        columns: vec!["version"],
        rows: vec![
            vec![text("20240101000000")],
            vec![text("007")],
            vec![text("1-sample_plugin")],
            vec![text("10")],
        ],
    };
    let rails = rows().read(&tool("rails"), "schema_migrations");
    assert_eq!(
        shown_rows(&rails),
        ["007 | 7 | - | Applied", "10 | 10 | - | Applied", "20240101000000 | 20240101000000 | - | Applied"]
    );
    assert_eq!(rails.read, 4);
    let listing = list(&tool("rails"), &["7_a.rb", "8_b.rb"]);
    assert_eq!(tool("rails").match_rows(&rails, &listing.migrations).applied, [true, false]);
    let dbmate = rows().read(&tool("dbmate"), "schema_migrations");
    assert_eq!(dbmate.rows[0].applied.identity, "007");
    let table = rows().table("schema_migrations");
    assert_eq!(recognise(&table, &BTreeMap::new()).as_deref(), Some("dbmate or rails"));
    assert_eq!(recognise(&rows().table("versions"), &BTreeMap::new()), None);
    let with_dirty =
        Table { columns: vec![("Version".into(), String::new()), ("DIRTY".into(), String::new())], ..table };
    assert_eq!(recognise(&with_dirty, &BTreeMap::new()).as_deref(), Some("golang-migrate"));
    assert_eq!(tool("dbmate").find_ledger(&[with_dirty], None), None);
}

#[test]
fn drizzle_old_and_new() {
    let old = Rows {
        columns: vec!["id", "hash", "created_at"],
        rows: vec![vec![null(), text(&"a".repeat(64)), Cell::Real(1_704_067_200_000.0)]],
    };
    let drizzle = tool("drizzle");
    assert_eq!(drizzle.find_ledger(&[old.table("__drizzle_migrations")], None).unwrap().layout, 1);
    let raw = old.read(&drizzle, "__drizzle_migrations");
    assert_eq!(shown_rows(&raw), ["1704067200000 | 1704067200000 | - | Applied"]);

    let new = Rows {
        columns: vec!["id", "hash", "created_at", "name", "applied_at"],
        rows: vec![
            // Widened by 1.x and not yet filled in: the time is all there is.
            vec![int(1), text(""), int(1_704_067_201_500), null(), null()],
            vec![
                int(2),
                text(""),
                int(1_704_153_600_000),
                text("20240102000000_b"),
                text("2026-11-21T10:59:49.787Z"),
            ],
        ],
    };
    let raw = new.read(&drizzle, "__drizzle_migrations");
    assert_eq!(raw.rows[1].recorded, Some(checksum::Digest::Text(String::new())));
    let listing = list(&drizzle, &["20240101000001_a/migration.sql", "20240102000000_b/migration.sql"]);
    assert_eq!(drizzle.match_rows(&raw, &listing.migrations).rows, [Some(0), Some(1)]);
    assert_eq!(drizzle.facts_of(&listing).late, crate::model::Late::Runs);
    assert_eq!(drizzle.facts().late, crate::model::Late::Skips);
}

#[test]
fn knex_knows_the_ending() {
    let line = |id, name| vec![int(id), text(name), int(1), int(1_700_000_000_000)];
    let rows = Rows {
        columns: vec!["id", "name", "batch", "migration_time"],
        rows: vec![line(2, "2_b.js"), line(1, "1_a.js"), line(3, "3_c.js")],
    };
    let knex = tool("knex");
    let raw = rows.read(&knex, "knex_migrations");
    let listing = list(&knex, &["1_a.js", "2_b.ts", "3_c.ts", "3_c.cjs"]);
    // 1 by its name, 2 without its ending, 3 could be either of two.
    assert_eq!(knex.match_rows(&raw, &listing.migrations).rows, [Some(0), Some(1), None]);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn any_cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Integer),
            any::<f64>().prop_map(Cell::Real),
            proptest::collection::vec(any::<u8>(), 0..30).prop_map(Cell::Text),
            "[0-9_.]{0,40}|SQL|BASELINE|UNDO|DELETE|SQL_BASELINE"
                .prop_map(|text| Cell::Text(text.into_bytes())),
            proptest::collection::vec(any::<u8>(), 0..30).prop_map(Cell::Blob),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]
        /// Whatever stands in a ledger, it is read, and no row or migration is counted twice.
        #[test]
        fn any_rows_can_be_read(cells in proptest::collection::vec(any_cell(), 80)) {
            for tool in TOOLS.iter() {
                for layout in 0..tool.spec.ledger.len() {
                    let columns = &tool.spec.ledger[layout].columns;
                    let width = columns.len();
                    let rows = cells.chunks_exact(width).map(<[Cell]>::to_vec).collect();
                    let columns = columns.iter().map(|column| &*column.clone().leak()).collect();
                    let mut rows = Rows { columns, rows };
                    let table = LedgerTable { name: TableName::plain("x"), layout, wide: false };
                    let raw = tool.read_ledger(&table, &mut rows).unwrap();
                    let outside = tool.spec.ledger[layout].reading == Reading::UserVersion;
                    prop_assert!(raw.rows.len() <= raw.read && (outside || raw.read == 80 / width));
                    let listing = list(tool, &["1_a.sql", "V1__a.sql", "1_a/up.sql", "1_a/migration.sql", "1_a.rb", "1_a.js", "1_a.php", "1_a.py", "1_a.exs"]);
                    let matched = tool.match_rows(&raw, &listing.migrations);
                    prop_assert_eq!(matched.rows.len(), raw.rows.len());
                    prop_assert_eq!(matched.applied.len(), listing.migrations.len());
                    for place in matched.rows.iter().flatten() {
                        prop_assert!(matched.applied[*place]);
                    }
                }
            }
        }
    }
}

/// The quick look at a file's text never passes over what the file itself would recognise.
#[test]
fn the_quick_look_sees_every_layout() {
    for tool in LEDGERS.iter() {
        for layout in &tool.spec().unwrap().ledger {
            let columns = layout.columns.iter().map(|column| (column.to_ascii_uppercase(), String::new()));
            let name = TableName { schema: layout.schema.clone(), name: layout.table.clone() };
            let mut table = Table { name, columns: columns.collect(), visible: true };
            assert!(fits(layout, &table) && tool.may_fit(&table), "{}: {:?}", tool.name, layout.columns);
            table.columns.pop();
            assert!(!fits(layout, &table), "{}", tool.name);
        }
    }
}

#[test]
fn the_names_of_ledgers_are_told_from_the_text() {
    let read: BTreeSet<String> = super::SPECS
        .iter()
        .flat_map(|(_, spec)| &spec.ledger)
        .filter(|layout| layout.reading != Reading::UserVersion)
        .map(|layout| layout.table.to_lowercase())
        .collect();
    let told = ledger_names(std::iter::empty());
    assert!(read.is_subset(&told), "{:?}", read.difference(&told));
}
