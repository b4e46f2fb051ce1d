use std::collections::HashMap;

use proptest::prelude::*;

use super::super::testing::{entries, tool};
use crate::model::{Oid, RepoPath};

/// The differences of a tool's records in a tree of files.
fn stale(name: &str, dir: &str, files: &[(&str, &str)]) -> Vec<String> {
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    let entries = entries(&paths);
    let texts: HashMap<Oid, &str> = entries
        .iter()
        .map(|entry| {
            (entry.oid, files.iter().find(|(path, _)| RepoPath::from(*path) == entry.path).unwrap().1)
        })
        .collect();
    let (tool, dir) = (tool(name), RepoPath::from(dir));
    let blob = |blob| Ok(texts[&blob].as_bytes().to_vec());
    let listing = tool.list(&dir, &entries, &blob).unwrap();
    let found = tool.stale_records(&dir, &entries, &listing.migrations, &blob).unwrap();
    found.iter().map(|one| format!("{} {}", one.path, one.because)).collect()
}

const FIRST: &str = "CREATE TABLE t (id INT);\n";
const SECOND: &str = "-- atlas:txmode none\n\nCREATE TABLE u (id INT);\nCREATE TABLE w (id INT);\n";
const ONE: &str = "h1:SJw1w+hMP4ZVJZ8CuvEU17gnJFBRKtGC+RBeYGigYg4=\n1.sql h1:397xTNSGaRUMOc/ai5Ci1ywy/0RAVm6Sty//kNpZVUo=\n";

#[test]
fn the_sums_of_atlas() {
    let of = |files: &[(&str, &str)]| stale("atlas", "m", files);
    assert_eq!(of(&[("m/1.sql", FIRST), ("m/atlas.sum", ONE)]), [""; 0]);
    assert_eq!(of(&[("m/1.sql", FIRST)]), [""; 0]);
    assert_eq!(
        of(&[("m/1.sql", SECOND), ("m/atlas.sum", ONE)]),
        ["m/atlas.sum has another sum for 1.sql than the file"]
    );
    assert_eq!(
        of(&[("m/1.sql", &FIRST.replace('\n', "\r\n")), ("m/atlas.sum", ONE)]),
        ["m/atlas.sum has another sum for 1.sql than the file"]
    );
    assert_eq!(
        of(&[("m/1.sql", FIRST), ("m/2.sql", SECOND), ("m/atlas.sum", ONE)]),
        ["m/atlas.sum does not list 2.sql"]
    );
    assert_eq!(
        of(&[("m/0.sql", FIRST), ("m/1.sql", FIRST), ("m/atlas.sum", ONE)]),
        ["m/atlas.sum does not list 0.sql"]
    );
    assert_eq!(
        of(&[("m/2.sql", SECOND), ("m/atlas.sum", ONE)]),
        ["m/atlas.sum lists 1.sql, which is not there"]
    );
    assert_eq!(of(&[("m/atlas.sum", ONE)]), ["m/atlas.sum lists 1.sql, which is not there"]);
    let edited = ONE.replace("SJw1w", "AAAAA");
    assert_eq!(
        of(&[("m/1.sql", FIRST), ("m/atlas.sum", &edited)]),
        ["m/atlas.sum has a first line that does not fit to the others"]
    );
}

#[test]
fn the_dump_of_rails() {
    let class = "class A < ActiveRecord::Migration[7.1]\nend\n";
    let of = |dump: &str, text: &str| {
        let (dir, dump) = dump.split_once(' ').unwrap();
        let files = [&*format!("{dir}/20240101000000_a.rb"), &*format!("{dir}/20240102000000_b.rb"), dump];
        stale("rails", dir, &[(files[0], class), (files[1], class), (files[2], text)])
    };
    for now in [
        "ActiveRecord::Schema[7.1].define(version: 2024_01_02_000000) do\nend\n",
        "ActiveRecord::Schema.define(version: 20240102000000) do\nend\n",
        "ActiveRecord::Schema.define(:version => 20240102000000) do\nend\n",
        "ActiveRecord::Schema[7.1].define(version: 2029_01_02_000000) do\nend\n",
        "ActiveRecord::Schema[8.2].define do\nend\n__END__\n20240102000000\n20240101000000\n",
        "ActiveRecord::Schema[8.2].define do\nend\n",
    ] {
        assert_eq!(of("db/migrate db/schema.rb", now), [""; 0], "{now}");
    }
    let old = "ActiveRecord::Schema[7.1].define(version: 2024_01_01_000000) do\nend\n";
    let said = "has the version 20240101000000, and the newest migration is 20240102000000";
    assert_eq!(of("db/migrate db/schema.rb", old), [format!("db/schema.rb {said}")]);
    assert_eq!(of("db/cache_migrate db/cache_schema.rb", old), [format!("db/cache_schema.rb {said}")]);
    assert_eq!(of("db/cache_migrate db/schema.rb", old), [""; 0], "of another database");
    let list = "ActiveRecord::Schema[8.2].define do\nend\n__END__\n20240101000000\n";
    assert_eq!(
        of("db/migrate db/schema.rb", list),
        ["db/schema.rb does not list the version 20240102000000"]
    );
    let rows =
        "INSERT INTO \"schema_migrations\" (version) VALUES\n('20240102000000'),\n('20240101000000');\n";
    assert_eq!(of("db/migrate db/structure.sql", rows), [""; 0]);
    let rows = rows.replace("('20240102000000'),\n", "");
    assert_eq!(
        of("db/migrate db/structure.sql", &rows),
        ["db/structure.sql does not list the version 20240102000000"]
    );
    let rows = "INSERT INTO schema_migrations (version) VALUES ('20240101000000');\n\nINSERT INTO schema_migrations (version) VALUES ('20240102000000');\n";
    assert_eq!(of("db/migrate db/structure.sql", rows), [""; 0]);
    assert_eq!(of("db/migrate db/structure.sql", "CREATE TABLE t (id INT);\n"), [""; 0], "no list at all");
}

#[test]
fn the_lock_of_prisma() {
    let of = |lock: &str, schema: &str| {
        stale(
            "prisma",
            "prisma/migrations",
            &[
                ("prisma/migrations/1_a/migration.sql", ""),
                ("prisma/migrations/migration_lock.toml", lock),
                ("prisma/schema.prisma", schema),
            ],
        )
    };
    let schema = |provider: &str| {
        format!(
            "generator client {{\n  provider = \"prisma-client-js\"\n}}\n\ndatasource db {{\n  provider = {provider}\n  url = env(\"URL\")\n}}\n"
        )
    };
    let lock = "# a word\nprovider = \"postgresql\"\n";
    assert_eq!(of(lock, &schema("\"postgresql\"")), [""; 0]);
    assert_eq!(of(lock, &schema("\"postgres\"")), [""; 0]);
    assert_eq!(of(lock, &schema("env(\"PROVIDER\")")), [""; 0]);
    assert_eq!(
        of(lock, &schema("\"sqlite\"")),
        [
            "prisma/migrations/migration_lock.toml says that the migrations are for postgresql, and prisma/schema.prisma that the database is sqlite"
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_record_can_be_read(text in "(h1:|1.sql|[ \n=]|ActiveRecord::Schema|\\.define\\(|version: |[0-9_']{1,6}|\\),|datasource|provider|\\{|\"){0,20}") {
        stale("atlas", "m", &[("m/1.sql", &text), ("m/atlas.sum", &text)]);
        stale("rails", "db/migrate", &[("db/migrate/1_a.rb", ""), ("db/schema.rb", &text), ("db/structure.sql", &text)]);
        stale("prisma", "p/m", &[("p/m/1/migration.sql", ""), ("p/m/migration_lock.toml", &text), ("p/schema.prisma", &text)]);
    }
}
