//! The schema of a MariaDB database: every hand-made change is seen by a user who may only read; what a right is missing for is said; and a
//! database that was dumped and restored is the same.

use std::collections::BTreeSet;
use std::process::Command;

use migguard::db::DbError;
use migguard::model::{CIRCUMSTANCES, NOT_EXAMINED, Schema};

use super::*;

/// Something of every kind.
const BASE: &str = include_str!("schema.sql");

/// What somebody does by hand, and every object that is another for it. Who made an object and how comes with the object.
const CHANGES: &[(&str, &[&str])] = &include!("changes.in");

/// What whoever may only read has of a database.
const RIGHTS: &str = "SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE";

fn schema_as(mysql: &MySql, user: &str) -> Result<Schema, DbError> {
    open_url(&mysql.server.socket_url(user, &mysql.database), AMPLE)?.schema()
}

/// A user with these rights, and with the right to read what procedures do.
fn reader(mysql: &MySql, rights: &str) -> String {
    let user = format!("reader_{}", mysql.database);
    mysql.run(&format!(
        "CREATE OR REPLACE USER {user}@'%'; GRANT {rights} ON {}.* TO {user}@'%'; GRANT SELECT ON mysql.proc TO {user}@'%'",
        mysql.database
    ));
    user
}

/// The same database, made anew.
fn again(mysql: &MySql) {
    let name = &mysql.database;
    mysql
        .server
        .run("mysql", &format!("DROP DATABASE {name}; CREATE DATABASE {name} COLLATE utf8mb4_general_ci"));
    mysql.run(BASE);
}

/// The names behind the kinds of objects, up to the first dot.
fn roots(ids: &[&str]) -> BTreeSet<String> {
    let root = |id: &&str| {
        id.rsplit(' ').next().unwrap_or_default().split('.').next().unwrap_or_default().to_owned()
    };
    let root = |id: &&str| {
        id.split(" order ").nth(1).map_or_else(|| root(id), |behind| root(&behind.split('.').next().unwrap()))
    };
    ids.iter().map(root).collect()
}

/// Makes these anew, with what belongs to them: to make all takes ten times as long.
fn mend(mysql: &MySql, roots: &BTreeSet<String>) {
    let mut script = "SET foreign_key_checks = 0; SET system_versioning_alter_history = 1;".to_owned();
    for root in roots.iter().filter(|root| *root != "default") {
        for kind in ["VIEW", "SEQUENCE", "TABLE", "PROCEDURE", "FUNCTION", "EVENT"] {
            script.push_str(&format!("DROP {kind} IF EXISTS {root};\n"));
        }
        for statement in BASE.split_inclusive(";\n") {
            let own = statement.split([' ', '(']).nth(2) == Some(root)
                || statement.contains(&format!(" ON {root} "));
            script.push_str(if own { statement } else { "" });
        }
    }
    mysql.run(&script);
}

fn differences(expected: &Schema, live: &Schema) -> BTreeSet<String> {
    expected.unlike(live).into_iter().map(|one| one.id.to_string()).collect()
}

#[test]
fn a_user_who_may_only_read_reads_what_the_owner_reads() {
    let mysql = MySql::fresh();
    again(&mysql);
    let all = schema_as(&mysql, "root").unwrap();
    assert!(all.0.len() > 60, "{}", all.0.len());
    assert!(!all.0.keys().any(|id| id.kind == NOT_EXAMINED));
    assert_eq!(differences(&all, &schema_as(&mysql, &reader(&mysql, RIGHTS)).unwrap()), BTreeSet::new());
    // Nothing of other databases, and nothing of the server's.
    let other = MySql::fresh();
    other.run("CREATE TABLE strange (x int); CREATE PROCEDURE strange() SELECT 1");
    assert_eq!(differences(&all, &schema_as(&mysql, "root").unwrap()), BTreeSet::new());
}

#[test]
fn every_change_by_hand_is_seen_alone_and_in_pairs() {
    let mysql = MySql::fresh();
    again(&mysql);
    let user = reader(&mysql, RIGHTS);
    let before = schema_as(&mysql, &user).unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (number, (statement, ids)) in CHANGES.iter().enumerate() {
        let mut check = |what: &str, ids: &[&str]| {
            mysql.run(&format!("SET system_versioning_alter_history = 1; {what}"));
            let expected: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
            let mut found = differences(&before, &schema_as(&mysql, &user).unwrap());
            found
                .retain(|id| expected.contains(id) || !CIRCUMSTANCES.iter().any(|kind| id.starts_with(kind)));
            if found != expected {
                wrong.push(format!("{what}\n  expected {expected:?}\n  found    {found:?}"));
            }
        };
        check(statement, ids);
        seen += usize::from(!ids.is_empty());
        // With another one on top, where the two do not meet.
        let (second, more) = CHANGES[(number * 7 + 3) % CHANGES.len()];
        if number.is_multiple_of(2) && roots(ids).is_disjoint(&roots(more)) && !statement.contains("sql_mode")
        {
            check(second, &[*ids, more].concat());
        }
        mend(&mysql, &roots(&[*ids, more, &["event once"]].concat()));
        if !before.unlike(&schema_as(&mysql, &user).unwrap()).is_empty() {
            again(&mysql);
        }
    }
    assert!(seen >= 90, "{seen}");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), CHANGES.len(), wrong.join("\n"));
}

#[test]
fn what_a_right_is_missing_for_is_not_examined_and_not_missing() {
    let mysql = MySql::fresh();
    again(&mysql);
    let all = schema_as(&mysql, "root").unwrap();
    let marks = |rights: &str| {
        let mut schema = schema_as(&mysql, &reader(&mysql, rights)).unwrap();
        let marks = schema.take_marks();
        let mut expected = all.clone();
        expected.blank(&marks);
        schema.blank(&marks);
        let circumstance = |id: &String| CIRCUMSTANCES.iter().any(|kind| id.starts_with(kind));
        let rest: Vec<String> =
            differences(&expected, &schema).into_iter().filter(|id| !circumstance(id)).collect();
        assert_eq!(rest, [""; 0], "{rights}");
        marks
            .into_iter()
            .map(|(kind, attribute)| format!("{kind} {attribute}").trim_end().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(marks(RIGHTS), [""; 0]);
    assert_eq!(marks("SELECT, SHOW VIEW, TRIGGER"), ["event"]);
    assert_eq!(marks("SELECT, SHOW VIEW, EVENT"), ["trigger", "trigger order"]);
    assert_eq!(marks("SELECT, TRIGGER, EVENT"), ["view definition"]);
    let user = reader(&mysql, RIGHTS);
    let marks_of = |user: &str| -> Vec<String> {
        let mut schema = schema_as(&mysql, user).unwrap();
        schema.take_marks().into_iter().map(|(kind, attribute)| format!("{kind} {attribute}")).collect()
    };
    mysql.run(&format!("REVOKE SELECT ON mysql.proc FROM {user}@'%'"));
    assert_eq!(marks_of(&user), ["function body", "procedure body"]);
    mysql.run(&format!("REVOKE EXECUTE ON {}.* FROM {user}@'%'", mysql.database));
    let hidden = [
        "function ",
        "function parameter ",
        "package ",
        "package body ",
        "procedure ",
        "procedure parameter ",
    ];
    assert_eq!(marks_of(&user), hidden);
    // To whom a table is closed, it is not there: that is no schema.
    mysql.run(&format!(
        "REVOKE SELECT ON {0}.* FROM {user}@'%'; GRANT SELECT ON {0}.users TO {user}@'%'",
        mysql.database
    ));
    assert!(
        matches!(schema_as(&mysql, &user), Err(DbError::Denied(what)) if what.contains("may not read all tables"))
    );
}

#[test]
fn a_dump_restored_is_the_same() {
    let mysql = MySql::fresh();
    again(&mysql);
    let before = schema_as(&mysql, "root").unwrap();
    let dump = mysql.server.file("dump.sql");
    let pipe = "mariadb-dump --no-defaults --user=root --socket=\"$DIR/socket\" --routines --events --triggers --no-data \"$NAME\" >\"$DUMP\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", pipe]).env("DIR", &mysql.server.dir).env("NAME", &mysql.database).env("DUMP", &dump);
    assert!(shell.status().unwrap().success());
    let name = &mysql.database;
    for _ in 0..2 {
        mysql.server.run(
            "mysql",
            &format!("DROP DATABASE {name}; CREATE DATABASE {name} COLLATE utf8mb4_general_ci"),
        );
        mysql.run(&std::fs::read_to_string(&dump).unwrap());
        assert_eq!(differences(&before, &schema_as(&mysql, "root").unwrap()), BTreeSet::new());
    }
}
