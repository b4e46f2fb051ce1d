//! The ledgers of the tools with the column types that they have on MySQL and MariaDB: found, told apart, and read. The
//! tables are as the tools make them there; `tests/tools` has those that the tools themselves have made.

use std::collections::BTreeMap;

use migguard::model::Outcome;
use migguard::tools::Tool;

use super::super::{AMPLE, Engine};
use super::MySql;

/// A tool; its table and rows; what is read: the identity of each row that counts, `!` before what failed, `=` before a
/// baseline.
const LEDGERS: &[(&str, &str, &[&str])] = &[
    (
        "sqlx",
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL,
            execution_time BIGINT NOT NULL);
         INSERT INTO _sqlx_migrations VALUES (1, 'one', NOW(), TRUE, X'00', 1), (2, 'two', NOW(), FALSE, X'00', -1)",
        &["1", "!2"],
    ),
    (
        "diesel",
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
            run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO __diesel_schema_migrations (version) VALUES ('20240101000000')",
        &["20240101000000"],
    ),
    (
        "refinery",
        "CREATE TABLE refinery_schema_history (version INT PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255),
            checksum VARCHAR(255));
         INSERT INTO refinery_schema_history VALUES (1, 'one', '2024-01-01T00:00:00Z', '18446744073709551615')",
        &["1"],
    ),
    (
        "sea-orm",
        "CREATE TABLE seaql_migrations (version VARCHAR(255) PRIMARY KEY NOT NULL, applied_at BIGINT NOT NULL);
         INSERT INTO seaql_migrations VALUES ('m20240101_000000_one', 1704067200)",
        &["m20240101_000000_one"],
    ),
    (
        "prisma",
        "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL,
            finished_at DATETIME(3), migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME(3),
            started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0)
            DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
         INSERT INTO _prisma_migrations VALUES
            ('1', 'aa', '2024-01-01 00:00:01', '1_one', NULL, NULL, '2024-01-01 00:00:00', 1),
            ('2', 'aa', NULL, '2_two', 'error', '2024-01-01 00:00:03', '2024-01-01 00:00:02', 0),
            ('3', 'aa', NULL, '2_two', 'error', NULL, '2024-01-01 00:00:04', 0)",
        &["1_one", "!2_two"],
    ),
    (
        "drizzle",
        "CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash TEXT NOT NULL, created_at BIGINT);
         INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('aa', 1704067200000)",
        &["1704067200000"],
    ),
    (
        "knex",
        "CREATE TABLE knex_migrations (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), batch INT,
            migration_time TIMESTAMP NULL);
         INSERT INTO knex_migrations (name, batch) VALUES ('1_one.js', 1)",
        &["1_one.js"],
    ),
    (
        "typeorm",
        "CREATE TABLE migrations (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, timestamp BIGINT NOT NULL, name VARCHAR(255) NOT NULL);
         INSERT INTO migrations (timestamp, name) VALUES (1704067200000, 'One1704067200000')",
        &["One1704067200000"],
    ),
    (
        "sequelize",
        "CREATE TABLE SequelizeMeta (name VARCHAR(255) COLLATE utf8_unicode_ci NOT NULL PRIMARY KEY UNIQUE);
         INSERT INTO SequelizeMeta VALUES ('1-one.js')",
        &["1-one.js"],
    ),
    (
        "flyway",
        "CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL, version VARCHAR(50), description VARCHAR(200) NOT NULL,
            type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, installed_by VARCHAR(100) NOT NULL,
            installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, execution_time INT NOT NULL, success BOOL NOT NULL,
            PRIMARY KEY (installed_rank));
         INSERT INTO flyway_schema_history VALUES
            (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'me', NOW(), 0, TRUE),
            (2, '2', 'two', 'SQL', 'V2__two.sql', -722651034, 'me', NOW(), 0, TRUE),
            (3, '3', 'three', 'SQL', 'V3__three.sql', 1, 'me', NOW(), 0, FALSE)",
        &["=1", "2", "!3"],
    ),
    (
        "golang-migrate",
        "CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty BOOLEAN NOT NULL);
         INSERT INTO schema_migrations VALUES (7, TRUE)",
        &["!7"],
    ),
    (
        "goose",
        "CREATE TABLE goose_db_version (id SERIAL NOT NULL, version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL,
            tstamp TIMESTAMP NULL DEFAULT NOW(), PRIMARY KEY (id));
         INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, TRUE), (1, TRUE), (2, TRUE), (2, FALSE)",
        &["1"],
    ),
    (
        "dbmate",
        "CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY);
         INSERT INTO schema_migrations VALUES ('20240101000000')",
        &["20240101000000"],
    ),
    (
        "atlas",
        "CREATE TABLE atlas_schema_revisions (version VARCHAR(255) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
            description VARCHAR(255) NOT NULL, type BIGINT UNSIGNED NOT NULL DEFAULT 2, applied BIGINT NOT NULL DEFAULT 0,
            total BIGINT NOT NULL DEFAULT 0, executed_at TIMESTAMP NOT NULL, execution_time BIGINT NOT NULL, error LONGTEXT,
            error_stmt LONGTEXT, hash VARCHAR(255) NOT NULL, partial_hashes JSON, operator_version VARCHAR(255) NOT NULL);
         INSERT INTO atlas_schema_revisions VALUES
            ('1', 'one', 2, 1, 1, NOW(), 1, NULL, NULL, 'h1:a', 'null', 'x'),
            ('2', 'two', 2, 1, 3, NOW(), 1, 'e', 's', 'h1:a', '[\"h1:b\"]', 'x')",
        &["1", "!2"],
    ),
    (
        "sql-migrate",
        "CREATE TABLE gorp_migrations (id VARCHAR(255) NOT NULL PRIMARY KEY, applied_at DATETIME) CHARSET=utf8;
         INSERT INTO gorp_migrations VALUES ('1-one.sql', NOW())",
        &["1-one.sql"],
    ),
    (
        "ef-core",
        "CREATE TABLE __EFMigrationsHistory (MigrationId VARCHAR(150) CHARACTER SET utf8mb4 NOT NULL PRIMARY KEY,
            ProductVersion VARCHAR(32) CHARACTER SET utf8mb4 NOT NULL);
         INSERT INTO __EFMigrationsHistory VALUES ('20240101000000_One', '8.0.0')",
        &["20240101000000_One"],
    ),
    (
        "dbup",
        "CREATE TABLE schemaversions (schemaversionid INT NOT NULL AUTO_INCREMENT PRIMARY KEY, scriptname VARCHAR(255) NOT NULL,
            applied TIMESTAMP NOT NULL);
         INSERT INTO schemaversions (scriptname, applied) VALUES ('App.Scripts.1_one.sql', NOW())",
        &["App.Scripts.1_one.sql"],
    ),
    (
        "rails",
        "CREATE TABLE schema_migrations (version VARCHAR(255) NOT NULL PRIMARY KEY);
         INSERT INTO schema_migrations VALUES ('20240101000000')",
        &["20240101000000"],
    ),
    (
        "ecto",
        "CREATE TABLE schema_migrations (version BIGINT(20) NOT NULL PRIMARY KEY, inserted_at DATETIME);
         INSERT INTO schema_migrations VALUES (20240101000000, NOW())",
        &["20240101000000"],
    ),
    (
        "laravel",
        "CREATE TABLE migrations (id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, migration VARCHAR(255) NOT NULL,
            batch INT(11) NOT NULL);
         INSERT INTO migrations (migration, batch) VALUES ('2024_01_01_000000_one', 1)",
        &["2024_01_01_000000_one"],
    ),
    (
        "doctrine",
        "CREATE TABLE doctrine_migration_versions (version VARCHAR(191) NOT NULL PRIMARY KEY, executed_at DATETIME,
            execution_time INT);
         INSERT INTO doctrine_migration_versions VALUES ('App\\\\Migrations\\\\Version20240101000000', NOW(), 2)",
        &["App\\Migrations\\Version20240101000000"],
    ),
    (
        "phinx",
        "CREATE TABLE phinxlog (version BIGINT(20) NOT NULL PRIMARY KEY, migration_name VARCHAR(100), start_time TIMESTAMP NULL,
            end_time TIMESTAMP NULL, breakpoint TINYINT(1) NOT NULL DEFAULT 0);
         INSERT INTO phinxlog VALUES (20240101000000, 'One', NOW(), NOW(), 0)",
        &["20240101000000"],
    ),
    (
        "aerich",
        "CREATE TABLE aerich (id INT AUTO_INCREMENT PRIMARY KEY, version VARCHAR(255) NOT NULL, app VARCHAR(100) NOT NULL,
            content LONGTEXT NOT NULL CHECK (JSON_VALID(content)));
         INSERT INTO aerich (version, app, content) VALUES ('0_20240101000000_one.py', 'models', '{}')",
        &["0_20240101000000_one.py"],
    ),
];

#[test]
fn each_ledger_is_found_and_read() {
    for (name, script, expected) in LEDGERS {
        let mysql = MySql::fresh();
        mysql.run(script);
        mysql.run("CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(50))");
        let tool = Tool::find(name, &BTreeMap::new()).unwrap();
        let mut database = mysql.open(AMPLE).unwrap();
        let tables = database.tables().unwrap();
        let ledger = tool.find_ledger(&tables, None).unwrap_or_else(|| panic!("{name}: {tables:?}"));
        let raw = tool.read_ledger(&ledger, &mut *database).unwrap();
        let said = raw.rows.iter().map(|row| {
            let sign = match row.applied.outcome {
                Outcome::Applied => "",
                Outcome::Baseline => "=",
                Outcome::Failed => "!",
            };
            format!("{sign}{}", row.applied.version)
        });
        assert_eq!(said.collect::<Vec<_>>(), *expected, "{name}");
    }
}
