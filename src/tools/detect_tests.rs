//! Repositories in small: files with the texts that matter, and what is found in them.

use super::super::testing::entries;
use super::*;

/// `path` or `path=text`; the answers are `tool dir: because`.
fn found(files: &[&str]) -> Vec<String> {
    let texts: Vec<(&str, &str)> =
        files.iter().map(|file| file.split_once('=').unwrap_or((file, ""))).collect();
    let paths: Vec<&str> = texts.iter().map(|(path, _)| *path).collect();
    let entries = entries(&paths);
    let blob = |oid| {
        let entry = entries.iter().find(|entry| entry.oid == oid).expect("an entry's blob");
        let (_, text) = texts.iter().find(|(path, _)| *path == entry.path.to_string()).expect("its text");
        Ok(text.as_bytes().to_vec())
    };
    let shown = |one: Detected| {
        let table = one.table.map(|table| format!(" in {table}")).unwrap_or_default();
        format!("{} {}: {}{table}", one.tool, one.dir, one.because)
    };
    detect(&entries, &blob).expect("blobs are there").into_iter().map(shown).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_manifest_beside_or_above() {
    let sqlx = "Cargo.toml=[dependencies]\nsqlx = { version = \"0.8\" }\n";
    assert_eq!(found(&[sqlx, "migrations/1_a.sql"]), ["sqlx migrations: Cargo.toml depends on sqlx"]);
    assert_eq!(
        found(&[
            "Cargo.toml=[workspace]",
            "db/Cargo.toml=sqlx.workspace = true\n",
            "db/migrations/pg/1_a.up.sql",
            "x/migrations/1_a.sql"
        ]),
        ["sqlx db/migrations/pg: db/Cargo.toml depends on sqlx"]
    );
    assert_eq!(found(&["Cargo.toml=[dependencies.sqlx]\n", "migrations/1_a.sql"]).len(), 1);
    // Nothing in the name says that these are migrations.
    assert_eq!(found(&[sqlx, "fixtures/1_a.sql"]), NOTHING);
    assert_eq!(found(&["Cargo.toml=sqlx-cli-helper = 1\n", "migrations/1_a.sql"]), NOTHING);
    assert_eq!(found(&["migrations/1_a.sql", "Cargo.toml=# sqlx\n"]), NOTHING);
    assert_eq!(found(&[sqlx, "migrations/README.md", "src/main.rs"]), NOTHING);
}

#[test]
fn a_configuration_that_names_the_directory() {
    assert_eq!(
        found(&[
            "app/sqlx.toml=[migrate]\ntable-name = \"foo._sqlx\"\nmigrations-dir = \"../sql/steps\"\n",
            "sql/steps/1_a.sql",
            "app/migrations/1_a.sql"
        ]),
        NOTHING,
        "a manifest speaks for directories at or below it only"
    );
    assert_eq!(
        found(&[
            "sqlx.toml=[migrate]\ntable-name = \"foo._sqlx\"\nmigrations-dir = \"sql/steps\"\n",
            "sql/steps/1_a.sql",
            "migrations/1_a.sql"
        ]),
        ["sqlx sql/steps: sqlx.toml configures sqlx in foo._sqlx"]
    );
    assert_eq!(
        found(&[
            "diesel.toml=[migrations_directory]\ndir = \"db/m\"\n",
            "db/m/2024_a/up.sql",
            "migrations/2024_a/up.sql"
        ]),
        ["diesel db/m: diesel.toml configures Diesel"]
    );
    assert_eq!(
        found(&[
            "web/knexfile.ts=export default { seeds: { directory: './seeds' }, migrations: { tableName: 'k', directory: './db/migrations' } }",
            "web/db/migrations/20240101_a.ts",
            "web/seeds/01_b.ts",
        ]),
        ["knex web/db/migrations: web/knexfile.ts configures Knex in k"]
    );
    assert_eq!(
        found(&["knexfile.js=module.exports = {}", "migrations/20240101_a.js", "src/1_x.js"]),
        ["knex migrations: knexfile.js configures Knex"]
    );
    assert_eq!(
        found(&[
            "flyway.conf=flyway.url=x\nflyway.locations=filesystem:db/sql\nflyway.table=history\n",
            "db/sql/V1__a.sql"
        ]),
        ["flyway db/sql: flyway.conf configures Flyway in history"]
    );
}

#[test]
fn what_lies_in_the_directory() {
    assert_eq!(
        found(&[
            "prisma/migrations/2024_a/migration.sql",
            "prisma/migrations/migration_lock.toml",
            "prisma/schema.prisma"
        ]),
        ["prisma prisma/migrations: it has migration_lock.toml"]
    );
    assert_eq!(
        found(&["drizzle/0000_a.sql", "drizzle/meta/_journal.json={}", "drizzle/meta/0000_snapshot.json"]),
        ["drizzle drizzle: it has meta/_journal.json"]
    );
    assert_eq!(
        found(&["d/20240101000000_a/migration.sql", "d/20240101000000_a/snapshot.json"]),
        ["drizzle d: its folders have snapshot.json"]
    );
    assert_eq!(found(&["x/2024_a/migration.sql"]), NOTHING);
    assert_eq!(
        found(&["db/migrations/1_a.sql=-- migrate:up\n"]),
        ["dbmate db/migrations: its files have `-- migrate:up`"]
    );
    assert_eq!(found(&["m/1_a.sql=-- a\n-- +goose Up\n"]), ["goose m: its files have `-- +goose Up`"]);
    assert_eq!(found(&["m/1_a.sql=select 1;"]), NOTHING);
    assert_eq!(
        found(&[
            "engines/a/db/migrate/1_a.rb=class A < ActiveRecord::Migration[7.1]",
            "db/cache_migrate/2_b.rb=ActiveRecord::Migration",
            "db/migrate/old/3_c.rb=ActiveRecord::Migration",
            "db/data/4_d.rb=ActiveRecord::Migration",
            "lib/1_x.rb",
        ]),
        [
            "rails db/cache_migrate: its files are ActiveRecord migrations",
            "rails db/migrate: its files are ActiveRecord migrations",
            "rails engines/a/db/migrate: its files are ActiveRecord migrations",
        ]
    );
}

#[test]
fn tools_with_one_shape_are_told_apart() {
    let (rust, go) =
        ("rs/Cargo.toml=sqlx = \"0.8\"\n", "go/go.mod=require github.com/golang-migrate/migrate/v4 v4.17.0");
    assert_eq!(
        found(&[rust, go, "rs/migrations/1_a.up.sql", "go/migrations/1_a.up.sql"]),
        [
            "golang-migrate go/migrations: go/go.mod depends on golang-migrate",
            "sqlx rs/migrations: rs/Cargo.toml depends on sqlx",
        ]
    );
    // The nearer manifest wins, and of two equally near none does.
    assert_eq!(found(&["Cargo.toml=sqlx = \"0.8\"\n", go, "go/migrations/1_a.up.sql"]).len(), 1);
    assert_eq!(
        found(&[
            "Cargo.toml=sqlx = \"0.8\"\n",
            "go.mod=github.com/golang-migrate/migrate",
            "migrations/1_a.up.sql"
        ]),
        NOTHING
    );
    // What the files say is stronger than a dependency.
    assert_eq!(
        found(&["Cargo.toml=sqlx = \"0.8\"\n", "db/migrations/1_a.sql=-- migrate:up"]),
        ["dbmate db/migrations: its files have `-- migrate:up`"]
    );
    assert_eq!(
        found(&[
            "Cargo.toml=refinery = \"0.8\"\nsqlx = \"0.8\"\n",
            "migrations/V1__a.sql",
            "migrations/sub/V2__b.sql"
        ]),
        ["refinery migrations: Cargo.toml depends on refinery"]
    );
    assert_eq!(
        found(&["Cargo.toml=diesel = \"2\"\nsqlx = \"0.8\"\n", "migrations/2024-01-01_a/up.sql"]),
        ["diesel migrations: Cargo.toml depends on Diesel"]
    );
}

#[test]
fn flyway_and_the_folders_below() {
    let dir = "src/main/resources/db/migration";
    let because = "it is Flyway's usual directory";
    assert_eq!(
        found(&[&format!("{dir}/v1/V1__a.sql"), &format!("{dir}/v2/V2__b.sql")]),
        [format!("flyway {dir}: {because}")]
    );
    assert_eq!(
        found(&[&format!("{dir}/mysql/V1__a.sql"), &format!("{dir}/postgresql/V1__a.sql")]),
        [format!("flyway {dir}/mysql: {because}"), format!("flyway {dir}/postgresql: {because}")]
    );
    assert_eq!(
        found(&["pom.xml=<artifactId>flyway-core</artifactId>", "sql/V1__a.sql"]),
        ["flyway sql: pom.xml uses Flyway"]
    );
    assert_eq!(found(&["sql/V1__a.sql"]), NOTHING);
}

#[test]
fn what_belongs_to_others_is_left_alone() {
    let sqlx = "Cargo.toml=sqlx = \"0.8\"\n";
    for files in [
        &[sqlx, "vendor/x/migrations/1_a.sql"][..],
        &[sqlx, "web/node_modules/x/migrations/1_a.sql"],
        &[sqlx, "supabase/seeds/migrations/1_a.sql"],
        &[sqlx, "migrations/1_a.sql=-- migrate:up", "migrations/atlas.sum"],
        &[sqlx, "migrations/1_a.up.sql", "migrations/atlas.sum"],
    ] {
        assert_eq!(found(files), NOTHING, "{files:?}");
    }
    assert_eq!(found(&[]), NOTHING);
}
