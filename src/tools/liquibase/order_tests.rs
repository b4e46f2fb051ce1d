use super::super::read;
use super::*;

/// The ids in their order, and what is left out.
fn ordered(files: &[(&str, &str)]) -> (String, String) {
    let files: BTreeMap<RepoPath, Changelog> = files
        .iter()
        .filter_map(|(path, text)| Some((RepoPath::from(*path), read(&(*path).into(), text.as_bytes())?)))
        .collect();
    let found = order(&files);
    let ids: Vec<&str> = found.sets.iter().map(|(_, set, _)| set.id.as_str()).collect();
    let left: Vec<String> = found.left_out.iter().map(ToString::to_string).collect();
    (ids.join(" "), left.join(" "))
}

fn sql(id: &str) -> String {
    format!("--liquibase formatted sql\n--changeset a:{id}\nSELECT 1;\n")
}

fn xml(inside: &str) -> String {
    format!("<databaseChangeLog>{inside}</databaseChangeLog>")
}

#[test]
fn what_is_included_stands_in_its_place() {
    let master = xml("<include file='b.sql' relativeToChangelogFile='true'/><changeSet id='m' author='a'/>\
         <include file='classpath:/db/sub/c.xml'/><includeAll path='sub/all' relativeToChangelogFile='true'/>");
    let nested =
        xml("<changeSet id='c1' author='a'/><include file='../a.sql' relativeToChangelogFile='true'/>");
    let (a, b, one, two) = (sql("a"), sql("b"), sql("one"), sql("two"));
    let files = [
        ("x/db/a.sql", &*a),
        ("x/db/b.sql", &b),
        ("x/db/master.xml", &master),
        ("x/db/sub/all/1.sql", &one),
        ("x/db/sub/all/deep/2.sql", &two),
        ("x/db/sub/all/plain.sql", "SELECT 1;"),
        ("x/db/sub/c.xml", &nested),
        ("x/db/helper.sql", "SELECT 1;"),
        ("x/db/lonely.sql", &two),
    ];
    assert_eq!(ordered(&files), ("b m c1 a one two raw".to_owned(), "x/db/lonely.sql".to_owned()));
}

#[test]
fn without_a_master_each_file_is_a_beginning() {
    let (a, b) = (sql("a"), sql("b"));
    assert_eq!(ordered(&[("db/b.sql", &b), ("db/a.sql", &a)]), ("a b".to_owned(), String::new()));
}

#[test]
fn an_include_that_cannot_be_followed_may_mean_any_file() {
    let (master, a) = (xml("<include file='${where}/a.sql'/>"), sql("a"));
    assert_eq!(ordered(&[("db/a.sql", &a), ("db/master.xml", &master)]), ("a".to_owned(), String::new()));
}

#[test]
fn a_circle_has_an_end() {
    let (one, two) =
        (xml("<include file='db/b.xml'/>"), xml("<include file='db/a.xml'/><changeSet id='1' author='a'/>"));
    assert_eq!(ordered(&[("db/a.xml", &one), ("db/b.xml", &two)]).0, "1");
}
