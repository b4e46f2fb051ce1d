//! Ledgers that the real Liquibase made, and the changelogs beside them: several changesets in a file, in four formats.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::TestRepo;

const ONE: &str = "project/db/changelog/sql/one.sql";
pub(crate) const TWO: &str = "project/db/changelog/sql/two.sql";
const MASTER: &str = "project/db/changelog/master.xml";
const YAML: &str = "project/db/changelog/words.yaml";
const JSON: &str = "project/db/changelog/words.json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/liquibase")
}

pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(folder().join(path)).unwrap()
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// A repository with the project committed, as `change` makes of each text, and the database.
fn repo_with(dump: &str, change: impl Fn(&str, String) -> String) -> TestRepo {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.db*\n");
    repo.write(".gitattributes", "* -text\n");
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"liquibase\"\ndir = \"project/db\"\n\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = true\n\
         timeout = \"10s\"\nat = [\"commit\", \"ci\"]\n\n[rules]\npending-migration = \"warn\"\n",
    );
    for path in files_below(&folder().join("project")) {
        let below = path.strip_prefix(folder()).unwrap().to_str().unwrap().to_owned();
        repo.write(&below, change(&below, text(&below)));
    }
    load(&repo, dump);
    repo.commit("changelogs");
    repo.write("code", "a change elsewhere\n");
    repo
}

pub(crate) fn repo(dump: &str) -> TestRepo {
    repo_with(dump, |_, text| text)
}

fn load(repo: &TestRepo, dump: &str) {
    let connection = rusqlite::Connection::open(repo.path().join("dev.db")).unwrap();
    connection.execute_batch(&text(dump)).unwrap();
}

#[track_caller]
pub(crate) fn expect(repo: &TestRepo, state: &str, rules: &[&str]) -> Value {
    repo.git(&["add", "-A"]);
    let check = repo.guard(&["check", "--format", "json"]);
    assert_eq!(check.rules(), rules, "{state}\n{}", check.out());
    check.json()
}

/// Puts one text in the place of another, which must be there.
#[track_caller]
pub(crate) fn edit(repo: &TestRepo, path: &str, from: &str, to: &str) {
    let old = fs::read_to_string(repo.path().join(path)).unwrap();
    assert!(old.contains(from), "{path}: {from}");
    repo.write(path, old.replacen(from, to, 1));
}

pub(crate) fn fixes(found: &Value) -> String {
    found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["fix"].as_array().unwrap())
        .map(Value::to_string)
        .collect()
}

#[test]
fn what_liquibase_calls_clean_is_clean() {
    for dump in ["clean.sql", "synced.sql", "cleared.sql", "below.sql"] {
        let found = expect(&repo(dump), dump, &[]);
        assert_eq!(found["examined"]["migrations"], 14, "{dump}");
        assert_eq!(found["examined"]["ledger_rows"], 13, "{dump}");
    }
    let notes = |arguments: &[&str]| repo("clean.sql").guard(arguments).json()["notes"].to_string();
    let in_ci = notes(&["check", "--at", "ci", "--format", "json"]);
    assert!(in_ci.contains("3 checksums of the migration set"), "{in_ci}");
    assert!(!notes(&["check", "--format", "json"]).contains("checksums"), "not at each commit");
    // All SQL, also that in XML, YAML and JSON; three are tables that only Liquibase can say.
    assert_eq!(expect(&repo("clean.sql"), "clean", &[])["examined"]["checksums"], 10);
    let crlf = repo_with("clean.sql", |_, text| text.replace('\n', "\r\n"));
    assert_eq!(expect(&crlf, "with CRLF", &[])["examined"]["checksums"], 10);
    let marked = repo_with("clean.sql", |_, text| format!("\u{feff}{text}"));
    assert_eq!(expect(&marked, "with a byte order mark", &[])["examined"]["checksums"], 10);
}

/// All that it discovers by itself.
#[test]
fn without_a_configuration() {
    let repo = repo("clean.sql");
    fs::remove_file(repo.path().join("guard.toml")).unwrap();
    assert_eq!(expect(&repo, "discovered", &[])["examined"]["migrations"], 14);
}

#[test]
fn an_edit_is_found_at_its_changeset() {
    let repo = repo("clean.sql");
    edit(&repo, TWO, "CREATE TABLE two (id INTEGER)", "CREATE TABLE two (id BIGINT)");
    let found = expect(&repo, "edited", &["checksum-mismatch"]);
    let finding = &found["findings"][0];
    assert_eq!(
        (&finding["location"]["path"], &finding["location"]["line"]),
        (&TWO.into(), &4.into()),
        "{finding}"
    );
    let what = finding["what"].as_str().unwrap();
    assert!(what.contains("changelog/sql/two.sql::1::ann is not the text"), "{what}");
    assert!(
        fixes(&found).contains("only its own lines") && !fixes(&found).contains("git restore"),
        "{found}"
    );
    assert!(fixes(&found).contains("SET MD5SUM = NULL WHERE ID = '1' AND AUTHOR = 'ann'"), "{found}");

    // The only changeset of its file may be brought back with it.
    let repo = self::repo("clean.sql");
    edit(&repo, ONE, "INDEX one_id", "UNIQUE INDEX one_id");
    assert!(fixes(&expect(&repo, "edited alone", &["checksum-mismatch"])).contains("git restore"));
    // Committed: the commit that did it is named.
    let edited = repo.commit("edit").to_string();
    repo.write("code", "a change elsewhere, again\n");
    let found = expect(&repo, "edited before", &["checksum-mismatch"]);
    assert!(found.to_string().contains(&edited[..8]), "{found}");

    // Two in one file are two findings.
    let repo = self::repo("clean.sql");
    edit(&repo, TWO, "two (id INTEGER)", "two (id BIGINT)");
    edit(&repo, TWO, "note VARCHAR(10)", "note VARCHAR(20)");
    let found = expect(&repo, "two edits", &["checksum-mismatch"]);
    assert_eq!(found["findings"].as_array().unwrap().len(), 2, "{found}");
    assert_eq!(found["examined"]["changed"], 2, "only these two");
}

#[test]
fn what_liquibase_does_not_compare() {
    let repo = repo("clean.sql");
    edit(&repo, ONE, "--rollback DROP TABLE one;", "--rollback DROP TABLE IF EXISTS one;");
    edit(&repo, ONE, "--comment The first one.", "--comment The very first one.");
    edit(&repo, TWO, "DROP VIEW seen;\n*/", "DROP VIEW IF EXISTS seen;\n*/");
    edit(&repo, TWO, "splitStatements:false", "splitStatements:true");
    edit(&repo, MASTER, "as Liquibase says it.", "as Liquibase itself says it.");
    edit(&repo, YAML, "context: never-set", "comment: a word");
    expect(&repo, "directives", &[]);
    edit(&repo, TWO, "ADD   COLUMN\tnote", "ADD\n    COLUMN note");
    expect(&repo, "white space", &["reformatted-migration"]);
    edit(&repo, TWO, "SELECT id FROM two", "SELECT id, 1 AS one FROM two");
    expect(&repo, "one that runs when it changes", &["reformatted-migration"]);
    edit(&repo, ONE, "-- a plain comment, which counts", "-- another plain comment");
    expect(&repo, "a comment", &["checksum-mismatch", "reformatted-migration"]);
    edit(&repo, ONE, "--comment", "--validCheckSum: any\n--comment");
    expect(&repo, "a comment, and a word that it is right", &["edited-migration", "reformatted-migration"]);
    expect(&self::repo("rerun.sql"), "run again, from another branch", &[]);
}

#[test]
fn edits_in_the_other_formats() {
    for (path, from, to, rule) in [
        (MASTER, "type=\"int\"", "type=\"bigint\"", "edited-migration"),
        (YAML, "type: int", "type: bigint", "edited-migration"),
        (JSON, "\"type\": \"int\"", "\"type\": \"bigint\"", "edited-migration"),
        (YAML, "VALUES (2)", "VALUES (3)", "checksum-mismatch"),
        (JSON, "VALUES (1)", "VALUES (2)", "checksum-mismatch"),
    ] {
        let repo = repo("clean.sql");
        edit(&repo, path, from, to);
        let found = expect(&repo, path, &[rule]);
        assert_eq!(found["findings"].as_array().unwrap().len(), 1, "{found}");
        assert_eq!(found["findings"][0]["location"]["path"], path);
        assert!(found["findings"][0]["location"]["line"].as_u64().unwrap() > 1, "{found}");
        assert!(!fixes(&found).contains("git restore"), "{found}");
    }
}

#[test]
fn what_is_pending() {
    let found = expect(&repo("pending.sql"), "pending", &["pending-migration"]);
    // All but one for Oracle and one for a context.
    assert!(found.to_string().contains("10 published migrations have not been applied"), "{found}");
    let found = expect(&repo("failed.sql"), "failed: no row", &["pending-migration"]);
    assert!(
        found.to_string().contains("two.sql::kept::ann")
            || found.to_string().contains("old/path.sql::kept::ann"),
        "{found}"
    );

    // New ones, at the end of a file and in the middle.
    let repo = repo("clean.sql");
    edit(
        &repo,
        ONE,
        "--changeset ann:1\n",
        "--changeset ann:0\nCREATE TABLE zero (id INTEGER);\n\n--changeset ann:1\n",
    );
    repo.write(TWO, text(TWO) + "\n--changeset ann:new\nCREATE TABLE late (id INTEGER);\n");
    let found = expect(&repo, "new", &[]);
    assert_eq!(found["examined"]["changed"], 2);
    repo.commit("new ones");
    repo.write("code", "a change elsewhere, again\n");
    expect(&repo, "new, and not run yet", &["pending-migration"]);
    // The same id twice.
    repo.write(TWO, text(TWO) + "\n--changeset ann:1\nCREATE TABLE again (id INTEGER);\n");
    assert!(
        expect(&repo, "twice", &["deleted-migration", "duplicate-version", "pending-migration"])
            .to_string()
            .contains("line")
    );
}

#[test]
fn what_is_gone() {
    let repo = repo("clean.sql");
    let start = text(TWO).find("-- changeset ann:3").unwrap();
    let end = text(TWO).find("-- changeset ann:marked").unwrap();
    repo.write(TWO, text(TWO).replace(&text(TWO)[start..end], ""));
    let found = expect(&repo, "deleted", &["applied-but-absent", "deleted-migration"]);
    assert!(!fixes(&found).contains("git restore") && fixes(&found).contains("git show"), "{found}");
    // Committed: the commit that did it is named.
    let gone = repo.commit("gone").to_string();
    repo.write("code", "a change elsewhere, again\n");
    let found = expect(&repo, "deleted before", &["applied-but-absent"]);
    assert!(found.to_string().contains(&gone[..8]) && !fixes(&found).contains("git restore"), "{found}");

    // A file with another name is another changeset to Liquibase, unless it says what it was called.
    let repo = self::repo("clean.sql");
    repo.git(&["mv", ONE, "project/db/changelog/sql/first.sql"]);
    edit(&repo, MASTER, "sql/one.sql", "sql/first.sql");
    expect(&repo, "renamed", &["applied-but-absent", "pending-migration", "renamed-migration"]);
    let named = "--liquibase formatted sql logicalFilePath:changelog/sql/one.sql";
    edit(&repo, "project/db/changelog/sql/first.sql", "--liquibase formatted sql", named);
    expect(&repo, "renamed, and said", &[]);

    // Nothing includes it any more.
    let repo = self::repo("clean.sql");
    edit(&repo, MASTER, "    <include file=\"sql/one.sql\" relativeToChangelogFile=\"true\"/>\n", "");
    expect(&repo, "left out", &["applied-but-absent", "deleted-migration"]);
    repo.write(
        "project/db/changelog/sql/lonely.sql",
        "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n",
    );
    expect(&repo, "included by none", &["applied-but-absent", "deleted-migration", "ignored-file"]);
}

#[test]
fn rows_of_a_library_are_its_own() {
    let repo = repo("clean.sql");
    let connection = rusqlite::Connection::open(repo.path().join("dev.db")).unwrap();
    let row = "INSERT INTO DATABASECHANGELOG SELECT '1.0', 'them', 'META-INF/their-changelog.xml', DATEEXECUTED, 99, EXECTYPE, \
               MD5SUM, DESCRIPTION, COMMENTS, TAG, LIQUIBASE, CONTEXTS, LABELS, DEPLOYMENT_ID FROM DATABASECHANGELOG LIMIT 1";
    connection.execute(row, []).unwrap();
    edit(&repo, "guard.toml", "dir = \"project/db\"", "dir = \"project/db/changelog\"");
    assert_eq!(expect(&repo, "a library's changelog", &[])["examined"]["ledger_rows"], 13);
}

#[test]
fn a_lock_has_a_line_for_each_changeset() {
    let repo = repo("cleared.sql");
    let lock = repo.guard(&["lock"]);
    assert!(lock.out().contains("12 migrations"), "{}", lock.out());
    repo.write(TWO, text(TWO) + "\n--changeset ann:new\nCREATE TABLE late (id INTEGER);\n");
    let found = expect(&repo, "a new one", &["stale-lock"]);
    assert_eq!(found["findings"].as_array().unwrap().len(), 1, "{found}");
    repo.commit("locked");
    edit(&repo, TWO, "two (id INTEGER)", "two (id BIGINT)");
    let found = expect(&repo, "edited", &["edited-migration", "pending-migration", "stale-lock"]);
    assert!(found.to_string().contains("guard.lock holds"), "{found}");
}

#[test]
fn a_generated_changelog_that_is_made_anew_is_one_finding() {
    let repo = TestRepo::new();
    let changes = |id: &str| -> String {
        let change =
            |number: usize| format!("--changeset gen:{number}\nCREATE TABLE {id}{number} (a int);\n");
        format!("--liquibase formatted sql\n{}", (0..40).map(change).collect::<String>())
    };
    let path = "db/changelog/generated.sql";
    repo.write("guard.toml", "[[migrations]]\ntool = \"liquibase\"\ndir = \"db\"\n");
    repo.write(
        "db/changelog/master.xml",
        "<databaseChangeLog><include file=\"generated.sql\" relativeToChangelogFile=\"true\"/></databaseChangeLog>",
    );
    repo.commit_file(path, &changes("a"));
    repo.write(path, changes("b"));
    let report = expect(&repo, "edited", &["edited-migration"]);
    let found = &report["findings"][0];
    assert_eq!(found["what"], format!("40 published migrations of {path} were edited"));
    assert_eq!((&found["location"]["path"], &found["level"]), (&Value::from(path), &Value::from("deny")));
    repo.write(path, "--liquibase formatted sql\n--changeset gen:0\nCREATE TABLE a0 (a int);\n");
    let report = expect(&repo, "deleted", &["deleted-migration"]);
    assert_eq!(report["findings"][0]["what"], format!("39 published migrations of {path} were deleted"));
    // A waiver of the file covers them all.
    let waiver = "[[waivers]]\nrule = \"deleted-migration\"\npath = \"db/changelog/*.sql\"\nreason = \"anew\"\nuntil = \"never\"\n";
    let config = fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    repo.write("guard.toml", format!("{config}\n{waiver}"));
    repo.git(&["add", "-A"]);
    repo.guard(&["check"]).success();
}

/// Changesets that are SQL, in three formats, one of them in a file of its own and one that was only marked as run.
fn replayed() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.db*\n");
    repo.write(
        "guard.toml",
        "[[migrations]]\ntool = \"liquibase\"\ndir = \"db\"\n\n[databases.dev]\nurl = \"sqlite:dev.db\"\nrequired = true\n\
         timeout = \"20s\"\nat = [\"audit\"]\n",
    );
    repo.write(
        "db/master.xml",
        "<databaseChangeLog>\n<include file=\"db/a.sql\"/>\n<changeSet id=\"x\" author=\"ann\"><sql>CREATE TABLE x (id INTEGER);</sql>\
         <tagDatabase tag=\"v1\"/></changeSet>\n<include file=\"db/words.yaml\"/>\n</databaseChangeLog>\n",
    );
    repo.write(
        "db/a.sql",
        "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (id INTEGER);\n--rollback DROP TABLE a;\n\
         --changeset ann:marked\nCREATE TABLE marked (id INTEGER);\n--changeset ann:2 endDelimiter:GO\nCREATE TABLE b (id INTEGER)\nGO\n\
         CREATE INDEX b_id ON b (id)\nGO\n",
    );
    repo.write(
        "db/words.yaml",
        "databaseChangeLog:\n  - changeSet:\n      id: y\n      author: ann\n      changes:\n        - sqlFile: {path: more/y.sql}\n",
    );
    repo.write("db/more/y.sql", "CREATE TABLE y (id INTEGER);\nCREATE VIEW seen AS SELECT id FROM y;\n");
    repo.commit("changelogs");
    let ledger = text("clean.sql")
        .split('\n')
        .filter(|line| line.starts_with("CREATE TABLE DATABASECHANGELOG"))
        .collect::<String>();
    let rows = [
        ("1", "a.sql", "EXECUTED"),
        ("marked", "a.sql", "MARK_RAN"),
        ("2", "a.sql", "EXECUTED"),
        ("x", "master.xml", "EXECUTED"),
        ("y", "words.yaml", "EXECUTED"),
    ];
    let rows = rows.iter().enumerate().map(|(at, (id, file, kind))| {
        format!(
            "INSERT INTO DATABASECHANGELOG (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE) \
             VALUES ('{id}', 'ann', 'db/{file}', '2024-01-01', {at}, '{kind}');"
        )
    });
    let schema = "CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER); CREATE INDEX b_id ON b (id); CREATE TABLE x (id INTEGER); \
                  CREATE TABLE y (id INTEGER); CREATE VIEW seen AS SELECT id FROM y;";
    run(&repo, &format!("{ledger}{}{schema}", rows.collect::<String>()));
    repo
}

fn run(repo: &TestRepo, statements: &str) {
    rusqlite::Connection::open(repo.path().join("dev.db")).unwrap().execute_batch(statements).unwrap();
}

#[test]
fn changesets_that_are_sql_are_replayed() {
    let repo = replayed();
    let audit = |code| repo.guard(&["audit", "dev", "--format", "json"]).code(code);
    let report = audit(0);
    assert_eq!(report.rules(), [""; 0], "{}", report.out());
    assert_eq!(report.json()["examined"]["objects"], 10, "{}", report.out());
    run(&repo, "ALTER TABLE y ADD COLUMN extra TEXT; DROP INDEX b_id");
    let report = audit(1);
    assert_eq!(report.rules(), ["partly-applied", "unexpected-object"], "{}", report.out());
    let report = report.json();
    assert_eq!(report["findings"][0]["location"]["path"], "db/a.sql", "{report}");
}

#[test]
fn what_only_liquibase_can_run_is_named() {
    let repo = repo("clean.sql");
    let config = fs::read_to_string(repo.path().join("guard.toml")).unwrap();
    repo.write("guard.toml", config.replace("[\"commit\", \"ci\"]", "[\"audit\"]"));
    let report = repo.guard(&["audit", "dev", "--format", "json"]).code(0);
    let notes = report.json()["notes"].to_string();
    assert!(notes.contains("was not judged") && notes.contains("master.xml::1::ann (and 2 more)"), "{notes}");
}
