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

#[test]
fn what_the_text_of_a_migration_says() {
    for (file, wanted) in [
        (
            "db/001_a.sql=create table a();\n---- create above / drop below ----\n",
            "tern db: its files have `---- create above / drop below ----`",
        ),
        ("db/1-a.sql=-- +migrate Up\ncreate table a();", "sql-migrate db: its files have `-- +migrate Up`"),
        (
            "x/migrations/Migration20240101000000.ts=import { Migration } from '@mikro-orm/migrations';",
            "mikro-orm x/migrations: its files import @mikro-orm/migrations",
        ),
        (
            "App/Migrations/20240101120000_Init.cs=using Microsoft.EntityFrameworkCore.Migrations;",
            "ef-core App/Migrations: its files are migrations of EF Core",
        ),
        (
            "apps/a/priv/repo/migrations/2024/1_a.exs=defmodule A do\n  use Ecto.Migration\n",
            "ecto apps/a/priv/repo/migrations: its files use Ecto.Migration",
        ),
        (
            "database/migrations/2024_01_01_000000_a.php=<?php return new class extends Migration {",
            "laravel database/migrations: its files are Laravel migrations",
        ),
        (
            "migrations/Version20240101000000.php=use Doctrine\\Migrations\\AbstractMigration;",
            "doctrine migrations: its files are Doctrine migrations",
        ),
        (
            "db/migrations/20240101000000_a.php=use Phinx\\Migration\\AbstractMigration;",
            "phinx db/migrations: its files are Phinx migrations",
        ),
        (
            "config/Migrations/20240101000000_A.php=use Migrations\\BaseMigration;",
            "phinx config/Migrations: its files are Phinx migrations",
        ),
        ("m/0001.a.py=from yoyo import step\n", "yoyo m: its files are yoyo migrations"),
        (
            "migrations/models/0_20240101000000_init.py=from tortoise import BaseDBAsyncClient\n",
            "aerich migrations/models: its files are aerich migrations",
        ),
        (
            "migrations/committed/000001.sql=--! Previous: -\n--! Hash: sha1:a\n",
            "graphile-migrate migrations/committed: its files begin with `--! Previous:`",
        ),
        (
            "supabase/migrations/20240101000000_a.sql=select 1;",
            "supabase supabase/migrations: it is Supabase's directory",
        ),
    ] {
        assert_eq!(found(&[file]), [wanted]);
        // The same files with nothing in them, or in a place of other people's code, belong to nobody.
        let path = file.split('=').next().unwrap();
        if !wanted.starts_with("supabase") {
            assert_eq!(found(&[path]), NOTHING, "{path}");
        }
        assert_eq!(found(&[&format!("node_modules/x/{file}")]), NOTHING, "{path}");
    }
    assert_eq!(
        found(&["m/1_a.sql=select 1;", "m/atlas.sum=h1:a\n", "m/2_b.sql"]),
        ["atlas m: it has atlas.sum"]
    );
}

#[test]
fn one_package_json_and_four_tools() {
    let package = r#"package.json={"dependencies": {"typeorm": "1", "kysely": "1", "sequelize": "6", "node-pg-migrate": "9", "knex": "3"}}"#;
    let typeorm =
        "src/migrations/1704067200000-Init.ts=export class Init1704067200000 implements MigrationInterface {";
    let sequelize =
        "migrations/20240101000000-init.js=module.exports = { async up(queryInterface, Sequelize) {} };";
    let kysely =
        "migrations/001_a.ts=import { Kysely } from 'kysely'\nexport async function up(db: Kysely<any>) {}";
    let pg = "migrations/1704067200000_a.js=exports.up = (pgm) => { pgm.createTable('a') };";
    let sql = "migrations/1704067200000_a.sql=-- Up Migration\ncreate table a();\n";
    let other = "migrations/001_a.js=console.log(1)";
    for (file, wanted) in [
        (
            typeorm,
            "typeorm src/migrations: package.json depends on TypeORM, and its files are migrations of it",
        ),
        (
            sequelize,
            "sequelize migrations: package.json depends on Sequelize, and its files are migrations of it",
        ),
        (kysely, "kysely migrations: package.json depends on Kysely, and its files are migrations of it"),
        (
            pg,
            "node-pg-migrate migrations: package.json depends on node-pg-migrate, and its files are migrations of it",
        ),
        (
            sql,
            "node-pg-migrate migrations: package.json depends on node-pg-migrate, and its files are migrations of it",
        ),
    ] {
        assert_eq!(found(&[package, file]), [wanted]);
        assert_eq!(found(&["package.json={}", file]), NOTHING, "{file}");
    }
    assert_eq!(found(&[package, other]), NOTHING);
    // Seeds look the same, and lie elsewhere.
    assert_eq!(found(&[package, &sequelize.replace("migrations/", "seeders/")]), NOTHING);
}

#[test]
fn manifests_of_more_tools() {
    let rust = |name: &str| format!("Cargo.toml=[dependencies]\n{name} = \"1\"\n");
    for (files, wanted) in [
        (
            vec!["tern.conf=[database]\nversion_table = app.version\n".to_owned(), "migrations/001_a.sql".to_owned()],
            "tern migrations: tern.conf configures tern in app.version",
        ),
        (
            vec!["db/tern.conf=[database]\n".to_owned(), "db/001_a.sql".to_owned()],
            "tern db: db/tern.conf configures tern",
        ),
        (
            vec!["dbconfig.yml=development:\n  dialect: sqlite3\n  dir: db/steps\n  table: steps\n".to_owned(), "db/steps/a.sql".to_owned(), "db/steps/1.sql".to_owned()],
            "sql-migrate db/steps: dbconfig.yml configures sql-migrate in steps",
        ),
        (
            vec!["wrangler.toml=[[d1_databases]]\nbinding = \"DB\"\n".to_owned(), "migrations/0001_a.sql".to_owned()],
            "d1 migrations: wrangler.toml configures D1",
        ),
        (
            vec!["w/wrangler.jsonc={ \"d1_databases\": [{ \"migrations_dir\": \"./sql\", \"migrations_table\": \"m\" }] }".to_owned(), "w/sql/0001_a.sql".to_owned()],
            "d1 w/sql: w/wrangler.jsonc configures D1 in m",
        ),
        (
            vec!["src/App.csproj=<PackageReference Include=\"Evolve\" Version=\"3\" />".to_owned(), "src/Sql_Scripts/V1__a.sql".to_owned()],
            "evolve src/Sql_Scripts: src/App.csproj uses Evolve",
        ),
        (
            vec!["App.csproj=<PackageReference Include=\"dbup-postgresql\" />".to_owned(), "Scripts/001_a.sql".to_owned()],
            "dbup Scripts: App.csproj depends on DbUp",
        ),
        (
            vec![rust("sea-orm-migration"), "src/m20240101_000001_a.rs=use sea_orm_migration::prelude::*;".to_owned()],
            "sea-orm src: Cargo.toml depends on sea-orm-migration",
        ),
        (
            vec![rust("rusqlite_migration"), "migrations/1-a/up.sql".to_owned()],
            "rusqlite_migration migrations: Cargo.toml depends on rusqlite_migration",
        ),
        (
            vec!["yoyo.ini=[DEFAULT]\nsources = %(here)s/steps\nmigration_table = done\n".to_owned(), "steps/0001.a.sql".to_owned()],
            "yoyo steps: yoyo.ini configures yoyo in done",
        ),
        (
            vec!["phinx.yml=environments:\n  default_migration_table: log\n".to_owned(), "db/migrations/20240101000000_a.php=use Phinx\\Migration\\AbstractMigration;".to_owned()],
            "phinx db/migrations: its files are Phinx migrations in log",
        ),
    ] {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        assert_eq!(found(&files), [wanted]);
        assert_eq!(found(&files[1..]).len(), usize::from(wanted.starts_with("phinx")), "{wanted}");
    }
    assert_eq!(found(&[&rust("rusqlite_migration"), "migrations/2024_a/up.sql"]), NOTHING);
    assert_eq!(found(&["wrangler.toml=name = \"x\"\n", "migrations/0001_a.sql"]), NOTHING);
}

/// What saves the compilation of patterns takes away what cannot be, and leaves what can.
#[test]
fn only_what_is_possible_is_compiled() {
    let possible = |paths: &[&str]| -> Vec<&str> {
        let entries = entries(paths);
        let promising = promising(&entries);
        let mut search = Search::new(&entries, &|_| Ok(Vec::new()));
        let endings = endings(&entries, &promising);
        let all = SPECS.iter().filter(|(_, spec)| search.is_possible(spec, &endings, &promising));
        all.map(|(name, _)| *name).collect()
    };
    assert_eq!(possible(&["Cargo.toml", "README.md", "docs/1-a.md"]), NOTHING);
    let by_text = ["dbmate", "goose", "liquibase", "sql-migrate", "tern", "yoyo"];
    assert_eq!(possible(&["a/1_a.sql"]), by_text);
    assert_eq!(
        possible(&["Cargo.toml", "migrations/1_a.sql"]),
        ["dbmate", "goose", "liquibase", "refinery", "sql-migrate", "sqlx", "tern", "yoyo"]
    );
    assert_eq!(
        possible(&["x/1_a/migration.sql", "x/migration_lock.toml"]),
        ["dbmate", "goose", "liquibase", "prisma", "sql-migrate", "tern", "yoyo"]
    );
}

#[test]
fn changelogs_of_liquibase() {
    let master =
        "src/main/resources/db/changelog/db.changelog-master.yaml=databaseChangeLog:\n  - include:\n";
    let step =
        "src/main/resources/db/changelog/changes/001-a.sql=--liquibase formatted sql\n--changeset a:1\n";
    assert_eq!(
        found(&[step, master, "CHANGELOG.json={}", "docs/changelog.yml=a: 1\n"]),
        ["liquibase src/main/resources/db/changelog: it holds changelogs of Liquibase"]
    );
    assert_eq!(
        found(&[step]),
        [
            "liquibase src/main/resources/db/changelog/changes: its files begin as Liquibase's changelogs in SQL do"
        ]
    );
    assert_eq!(found(&["db/changelog.xml=<?xml version='1.0'?>\n<databaseChangeLog>"]).len(), 1);
    assert_eq!(found(&["db/changelog.xml=<changes/>", "db/1_a.sql=SELECT 1;"]), NOTHING);
}
