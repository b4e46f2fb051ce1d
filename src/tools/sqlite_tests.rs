//! Ledgers on real SQLite files, with the tables and rows that the tools themselves write, and which of all tools
//! recognise them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::ledger::recognise;
use super::testing::{TOOLS, list, shown_rows, tool};
use super::{Matched, RawLedger};
use crate::db::{self, Database, DatabaseUrl};

/// A ledger, and what must be read in it.
struct Case {
    tool: &'static str,
    /// The ledger as the tool makes it.
    sql: &'static str,
    /// All tools that take the table for theirs.
    recognised: &'static str,
    /// `version | identity | name | outcome`.
    rows: &'static [&'static str],
    /// Files, of which those after the star are pending.
    files: &'static [&'static str],
    pending: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        tool: "yoyo",
        // Whole seconds, as on MySQL, and the rows in the order of their hashes: they were applied in the files' order.
        sql: "CREATE TABLE _yoyo_migration (migration_hash VARCHAR(64), migration_id VARCHAR(255), applied_at_utc TIMESTAMP, PRIMARY KEY (migration_hash));
            INSERT INTO _yoyo_migration VALUES ('1f', '0003.c', '2026-11-21T10:50:06'), ('2f', '0002.b', '2026-11-21T10:50:05'),
                ('3f', '0001.a', '2026-11-21T10:50:05');",
        recognised: "yoyo",
        rows: &["0001.a | 0001.a | - | Applied", "0002.b | 0002.b | - | Applied", "0003.c | 0003.c | - | Applied"],
        files: &["0001.a.sql", "0002.b.sql", "0003.c.sql", "0004.d.sql"],
        pending: &["0004.d"],
    },
    Case {
        tool: "tern",
        sql: "CREATE TABLE schema_version (version int4 NOT NULL PRIMARY KEY); INSERT INTO schema_version VALUES (2);",
        recognised: "tern",
        rows: &["2 | 2 | - | Applied"],
        files: &["001_a.sql", "002_b.sql", "003_c.sql"],
        pending: &["3"],
    },
    Case {
        tool: "sql-migrate",
        sql: "CREATE TABLE gorp_migrations (id varchar(255) not null primary key, applied_at datetime);
            INSERT INTO gorp_migrations VALUES ('20240101-init.sql', '2026-11-21 10:00:00+00:00');",
        recognised: "sql-migrate",
        rows: &["20240101-init.sql | 20240101-init.sql | - | Applied"],
        files: &["20240101-init.sql", "20240102-more.sql"],
        pending: &["20240102-more.sql"],
    },
    Case {
        tool: "sequelize",
        sql: "CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY);
            INSERT INTO SequelizeMeta VALUES ('20240102000000-two.js'), ('20240101000000-init.js');",
        recognised: "sequelize",
        rows: &[
            "20240101000000-init.js | 20240101000000-init.js | - | Applied",
            "20240102000000-two.js | 20240102000000-two.js | - | Applied",
        ],
        // The sources are in TypeScript, and what runs is not.
        files: &["20240101000000-init.js", "20240102000000-two.ts", "20240103000000-three.js"],
        pending: &["20240103000000-three.js"],
    },
    Case {
        tool: "sequelize",
        sql: "CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY, `createdAt` DATETIME NOT NULL, `updatedAt` DATETIME NOT NULL);
            INSERT INTO SequelizeMeta VALUES ('20240101000000-init.js', '2026-11-21 11:00:00.000 +00:00', '2026-11-21 11:00:00.000 +00:00');",
        recognised: "sequelize",
        rows: &["20240101000000-init.js | 20240101000000-init.js | - | Applied"],
        files: &["20240101000000-init.js"],
        pending: &[],
    },
    Case {
        tool: "typeorm",
        sql: "CREATE TABLE \"migrations\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"timestamp\" bigint NOT NULL, \"name\" varchar NOT NULL);
            INSERT INTO migrations VALUES (1, 1704067200000, 'Init1704067200000');",
        recognised: "typeorm",
        rows: &["Init1704067200000 | Init1704067200000 | - | Applied"],
        // No texts here: the names that the generator would have given.
        files: &["1704067200000-init.ts", "1704067300000-AddUsers.ts"],
        pending: &["AddUsers1704067300000"],
    },
    Case {
        tool: "kysely",
        sql: "CREATE TABLE \"kysely_migration\" (\"name\" varchar(255) not null primary key, \"timestamp\" varchar(255) not null);
            INSERT INTO kysely_migration VALUES ('002_two', '2026-11-21T11:08:42.388Z'), ('001_one', '2026-11-21T11:08:42.380Z');",
        recognised: "kysely",
        rows: &["001_one | 001_one | - | Applied", "002_two | 002_two | - | Applied"],
        files: &["001_one.ts", "002_two.js", "003_three.ts"],
        pending: &["003_three"],
    },
    Case {
        tool: "mikro-orm",
        sql: "CREATE TABLE `mikro_orm_migrations` (`id` integer not null primary key autoincrement, `name` text not null, `executed_at` datetime not null default (strftime('%s','now') * 1000));
            INSERT INTO mikro_orm_migrations VALUES (1, 'Migration20240101000000', 1795258146000), (2, 'Migration20240102000000.ts', 1795258146000);",
        recognised: "mikro-orm",
        rows: &[
            "Migration20240101000000 | Migration20240101000000 | - | Applied",
            "Migration20240102000000.ts | Migration20240102000000.ts | - | Applied",
        ],
        files: &["Migration20240101000000.ts", "Migration20240102000000.ts", "Migration20240103000000_x.ts"],
        pending: &["Migration20240103000000_x"],
    },
    Case {
        tool: "node-pg-migrate",
        sql: "CREATE TABLE pgmigrations (id integer PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL);
            INSERT INTO pgmigrations VALUES (1, '1704067200000_init', '2026-11-21 11:08:05.257899');",
        recognised: "node-pg-migrate",
        rows: &["1704067200000_init | 1704067200000_init | - | Applied"],
        files: &["1704067200000_init.js", "1704067300000_more.sql"],
        pending: &["1704067300000_more"],
    },
    Case {
        tool: "d1",
        sql: "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);
            INSERT INTO d1_migrations VALUES (1, '0001_init.sql', '2026-11-21 11:15:33');",
        recognised: "d1",
        rows: &["0001_init.sql | 0001_init.sql | - | Applied"],
        files: &["0001_init.sql", "0002_more.sql"],
        pending: &["0002_more.sql"],
    },
    Case {
        tool: "evolve",
        sql: "CREATE TABLE \"changelog\" (id INTEGER PRIMARY KEY AUTOINCREMENT, type INTEGER, version VARCHAR(50), description VARCHAR(200) NOT NULL, name VARCHAR(300) NOT NULL, checksum VARCHAR(32), installed_by VARCHAR(100) NOT NULL, installed_on TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')), success BOOLEAN NOT NULL);
            INSERT INTO changelog VALUES (1, 2, '0', 'Empty schema found: main.', 'main', '', 'u', '2026-11-21 11:00:00.000', 1),
            (2, 0, '1.3.1', 'Migration description (12 ms)', 'V1_3_1__Migration_description.sql', '6C7E36422F79696602E19079534B4076', 'u', '2026-11-21 11:00:00.100', 1),
            (3, 0, '1.4', 'late (3 ms)', 'V1_4__late.sql', '71568061B2970A4B7C5160FE75356E10', 'u', '2026-11-21 11:00:00.200', 0),
            (4, 4, NULL, 'my view (1 ms)', 'R__my_view.sql', 'D41D8CD98F00B204E9800998ECF8427E', 'u', '2026-11-21 11:00:00.300', 1),
            (5, 0, '1.4', 'late (4 ms)', 'V1_4__late.sql', '71568061B2970A4B7C5160FE75356E10', 'u', '2026-11-21 11:00:00.400', 1),
            (6, 4, NULL, 'my view (1 ms)', 'R__my_view.sql', '6C7E36422F79696602E19079534B4076', 'u', '2026-11-21 11:00:00.500', 1),
            (7, 0, '1.5', 'bad (4 ms)', 'V1_5__bad.sql', '71568061B2970A4B7C5160FE75356E10', 'u', '2026-11-21 11:00:00.600', 0);",
        recognised: "evolve",
        rows: &[
            "1.3.1 | 1.3.1 | Migration description | Applied",
            "1.4 | 1.4 | late | Applied",
            " | R my view | my view | Applied",
            "1.5 | 1.5 | bad | Failed",
        ],
        files: &[
            "V1_3_1__Migration_description.sql",
            "V1_4__late.sql",
            "v1_4_0__another.sql",
            "V1_5__bad.sql",
            "R__my_view.sql",
        ],
        pending: &["1.4.0"],
    },
    Case {
        tool: "evolve",
        sql: "CREATE TABLE versions (id INTEGER PRIMARY KEY, type INTEGER, version VARCHAR(50), description VARCHAR(200), name VARCHAR(300), checksum VARCHAR(32), installed_by VARCHAR(100), installed_on TEXT, success BOOLEAN);
            INSERT INTO versions VALUES (1, 3, '2', 'Skip migration scripts until version 2 excluded.', 'StartVersion = 2', '', 'u', '2026-11-21', 1);",
        recognised: "evolve",
        rows: &["2 | 2 | Skip migration scripts until version 2 excluded. | Baseline"],
        files: &["V1__a.sql", "V3__c.sql"],
        pending: &["3"],
    },
    Case {
        tool: "dbup",
        sql: "CREATE TABLE SchemaVersions (SchemaVersionID INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT NOT NULL, ScriptName TEXT NOT NULL, Applied DATETIME NOT NULL);
            INSERT INTO SchemaVersions VALUES (1, 'App.Db.Scripts.001_init.sql', '2026-01-02 03:04:05'), (2, 'sub.002_more.sql', '2026-01-02 03:04:05'), (3, 'x.gone.sql', '2026-01-02 03:04:05');",
        recognised: "dbup",
        rows: &[
            "App.Db.Scripts.001_init.sql | App.Db.Scripts.001_init.sql | - | Applied",
            "sub.002_more.sql | sub.002_more.sql | - | Applied",
            "x.gone.sql | x.gone.sql | - | Applied",
        ],
        files: &["001_init.sql", "sub/002_more.sql", "003_new.sql"],
        pending: &["003_new.sql"],
    },
    Case {
        tool: "ef-core",
        sql: "CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" TEXT NOT NULL CONSTRAINT \"PK___EFMigrationsHistory\" PRIMARY KEY, \"ProductVersion\" TEXT NOT NULL);
            INSERT INTO __EFMigrationsHistory VALUES ('20240101120000_Init', '9.0.0');",
        recognised: "ef-core",
        rows: &["20240101120000_Init | 20240101120000_Init | - | Applied"],
        files: &["20240101120000_Init.cs", "20240101120000_Init.Designer.cs", "20240102120000_More.cs"],
        pending: &["20240102120000_More"],
    },
    Case {
        tool: "ecto",
        sql: "CREATE TABLE \"schema_migrations\" (\"version\" INTEGER PRIMARY KEY, \"inserted_at\" TEXT);
            INSERT INTO schema_migrations VALUES (20240101000000, '2026-11-21T11:05:08'), (7, '2026-11-21T11:05:08');",
        recognised: "ecto",
        rows: &["7 | 7 | - | Applied", "20240101000000 | 20240101000000 | - | Applied"],
        files: &["007_old.exs", "20240101000000_init.exs", "20240102000000_more.exs"],
        pending: &["20240102000000"],
    },
    Case {
        tool: "laravel",
        sql: "create table \"migrations\" (\"id\" integer not null primary key autoincrement, \"migration\" varchar not null, \"batch\" integer not null);
            INSERT INTO migrations VALUES (1, '0001_01_01_000000_create_users_table', 1), (3, '2023_12_31_000000_older', 2);",
        recognised: "laravel",
        rows: &[
            "0001_01_01_000000_create_users_table | 0001_01_01_000000_create_users_table | - | Applied",
            "2023_12_31_000000_older | 2023_12_31_000000_older | - | Applied",
        ],
        files: &["0001_01_01_000000_create_users_table.php", "2023_12_31_000000_older.php", "2024_01_01_000000_new-one.php"],
        pending: &["2024_01_01_000000_new-one"],
    },
    Case {
        tool: "doctrine",
        sql: "CREATE TABLE migration_versions (version VARCHAR(191) NOT NULL, executed_at DATETIME DEFAULT NULL, execution_time INTEGER DEFAULT NULL, PRIMARY KEY(version));
            INSERT INTO migration_versions VALUES ('App\\Migrations\\Version20240101000000', '2026-11-21 11:01:36', 2), ('App\\Migrations\\Version20240102000000', NULL, NULL);",
        recognised: "doctrine",
        rows: &[
            "App\\Migrations\\Version20240101000000 | App\\Migrations\\Version20240101000000 | - | Applied",
            "App\\Migrations\\Version20240102000000 | App\\Migrations\\Version20240102000000 | - | Applied",
        ],
        files: &["Version20240101000000.php", "Version20240102000000.php", "Version20240103000000.php"],
        pending: &["Version20240103000000"],
    },
    Case {
        tool: "doctrine",
        sql: "CREATE TABLE migration_versions (version VARCHAR(14) NOT NULL, PRIMARY KEY(version)); INSERT INTO migration_versions VALUES ('20240101000000');",
        recognised: "doctrine",
        rows: &["20240101000000 | 20240101000000 | - | Applied"],
        files: &["Version20240101000000.php", "Version20240103000000.php"],
        pending: &["Version20240103000000"],
    },
    Case {
        tool: "phinx",
        sql: "CREATE TABLE `phinxlog` (`version` BIGINTEGER NOT NULL, `migration_name` VARCHAR(100) NULL, `start_time` TIMESTAMP_TEXT NULL, `end_time` TIMESTAMP_TEXT NULL, `breakpoint` BOOLEAN_INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (`version`));
            INSERT INTO phinxlog VALUES (20240101000000, 'CreateFoo', '2026-11-21 11:03:08', '2026-11-21 11:03:08', 0);",
        recognised: "phinx",
        rows: &["20240101000000 | 20240101000000 | CreateFoo | Applied"],
        files: &["20240101000000_create_foo.php", "20240102000000_more.php"],
        pending: &["20240102000000"],
    },
    Case {
        tool: "yoyo",
        sql: "CREATE TABLE _yoyo_migration (migration_hash VARCHAR(64), migration_id VARCHAR(255), applied_at_utc TIMESTAMP, PRIMARY KEY (migration_hash));
            INSERT INTO _yoyo_migration VALUES ('bdcdaf5b8e638ee51d80f110ff98a465b7e2734c0e109bf2f6134541a06092cb', '0001.create-foo', '2026-11-21T10:50:05.862645');",
        recognised: "yoyo",
        rows: &["0001.create-foo | 0001.create-foo | - | Applied"],
        files: &["0001.create-foo.py", "0002.more.sql", "0002.more.rollback.sql"],
        pending: &["0002.more"],
    },
    Case {
        tool: "aerich",
        sql: "CREATE TABLE aerich (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, version VARCHAR(255) NOT NULL, app VARCHAR(100) NOT NULL, content JSON NOT NULL);
            INSERT INTO aerich VALUES (1, '0_20261121105118_init.py', 'models', '{\"models.Foo\": {}}');",
        recognised: "aerich",
        rows: &["0_20261121105118_init.py | 0_20261121105118_init.py | - | Applied"],
        files: &["0_20261121105118_init.py", "10_20261122105118_more.py"],
        pending: &["10_20261122105118_more.py"],
    },
    Case {
        tool: "sea-orm",
        sql: "CREATE TABLE seaql_migrations (version varchar NOT NULL PRIMARY KEY, applied_at integer NOT NULL); INSERT INTO seaql_migrations VALUES ('m20220101_000001_create_table', 1795258146);",
        recognised: "sea-orm",
        rows: &["m20220101_000001_create_table | m20220101_000001_create_table | - | Applied"],
        files: &["lib.rs", "main.rs", "m20220101_000001_create_table.rs", "m20220102_000001_more.rs"],
        pending: &["m20220102_000001_more"],
    },
    Case {
        tool: "graphile-migrate",
        sql: "CREATE TABLE migrations (hash text PRIMARY KEY, previous_hash text REFERENCES migrations, filename text NOT NULL, date timestamptz NOT NULL);
            INSERT INTO migrations VALUES ('sha1:9ff0249b93a9c463b655005be753ed9a27bf1ff7', NULL, '000001.sql', '2026-11-21 11:00:00+00');",
        recognised: "graphile-migrate",
        rows: &["000001 | 000001 | - | Applied"],
        files: &["000001-init.sql", "000002.sql"],
        pending: &["000002"],
    },
    Case {
        tool: "atlas",
        sql: "CREATE TABLE atlas_schema_revisions (version text NOT NULL PRIMARY KEY, description text NOT NULL, type integer NOT NULL DEFAULT 2, applied integer NOT NULL DEFAULT 0, total integer NOT NULL DEFAULT 0, executed_at datetime NOT NULL, execution_time integer NOT NULL, error text, error_stmt text, hash text NOT NULL, partial_hashes json, operator_version text NOT NULL);
            INSERT INTO atlas_schema_revisions VALUES
            ('.atlas_cloud_identifier', 'x', 2, 0, 0, '2026-11-21', 0, NULL, NULL, '', NULL, 'Atlas CLI v1'),
            ('20240101000000', 'init', 2, 1, 1, '2026-11-21', 3143139, NULL, NULL, 'CEkIm30cAxQoSXPoR7lJr81PdNIPLTuwMfgMSiAfiHw=', 'null', 'Atlas CLI v1'),
            ('20240102000000', 'base', 1, 0, 0, '2026-11-21', 0, NULL, NULL, '', NULL, 'Atlas CLI v1'),
            ('20240103000000', 'set', 4, 0, 0, '2026-11-21', 0, NULL, NULL, 'x', NULL, 'Atlas CLI v1'),
            ('20240104000000', 'bad', 2, 1, 2, '2026-11-21', 0, 'no such table', 'DROP', 'x', '[\"h1:a\"]', 'Atlas CLI v1'),
            ('20240105000000', 'bad, and resolved', 6, 1, 2, '2026-11-21', 0, '', '', 'x', NULL, 'Atlas CLI v1');",
        recognised: "atlas",
        rows: &[
            "20240101000000 | 20240101000000 | init | Applied",
            "20240102000000 | 20240102000000 | base | Baseline",
            "20240103000000 | 20240103000000 | set | Baseline",
            "20240104000000 | 20240104000000 | bad | Failed",
            "20240105000000 | 20240105000000 | bad, and resolved | Applied",
        ],
        files: &["20240101000000_init.sql", "20240106000000_more.sql", "atlas.sum"],
        pending: &["20240106000000"],
    },
    Case {
        tool: "alembic",
        sql: "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
            INSERT INTO alembic_version VALUES ('a1b2c3d4e5f6');",
        recognised: "alembic",
        rows: &["a1b2c3d4e5f6 | a1b2c3d4e5f6 | - | Applied"],
        files: &["2024_01_02_a1b2c3d4e5f6_one.py", "b2c3d4e5f6a1_two.py", "__init__.py"],
        pending: &["b2c3d4e5f6a1"],
    },
    Case {
        tool: "django",
        sql: "CREATE TABLE django_migrations (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied datetime NOT NULL);
            INSERT INTO django_migrations VALUES (1, 'auth', '0001_initial', '2026-11-21 10:39:51.061405'),
            (2, 'm', '0001_initial', '2026-11-21 10:39:51.1'), (3, 'm', '0001_initial', '2026-11-21 10:39:51.2');",
        recognised: "django",
        rows: &["0001_initial | auth.0001_initial | auth | Applied", "0001_initial | m.0001_initial | m | Applied"],
        files: &["__init__.py"], // a file's app is known with its directory: see graphs_tests.rs
        pending: &[],
    },
    Case {
        tool: "sqitch",
        sql: "CREATE TABLE changes (change_id TEXT PRIMARY KEY, script_hash TEXT NULL, change TEXT NOT NULL, project TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', committed_at DATETIME NOT NULL, committer_name TEXT NOT NULL, committer_email TEXT NOT NULL, planned_at DATETIME NOT NULL, planner_name TEXT NOT NULL, planner_email TEXT NOT NULL);
            INSERT INTO changes VALUES ('046b835ecf4021828b22a6779451ffbbdd98afdc', '80d0923bc4de91f92c36b6103707ef0972f2feaa', 'widgets', 'flip', '', '2026-11-21 11:37:28', 'Ann B', 'a@b', '2026-11-21 11:37:26', 'Ann B', 'a@b'),
            ('93a2dbb5b575d4ea5f7c65b2d973a41fa6265259', '93a2dbb5b575d4ea5f7c65b2d973a41fa6265259', 'users', 'flip', '', '2026-11-21 11:37:27', 'Ann B', 'a@b', '2026-11-21 11:37:26', 'Ann B', 'a@b');",
        recognised: "sqitch",
        rows: &[
            "users | 93a2dbb5b575d4ea5f7c65b2d973a41fa6265259 | flip | Applied",
            "widgets | 046b835ecf4021828b22a6779451ffbbdd98afdc | flip | Applied",
        ],
        files: &[], // the plan tells the ids: see tests/graph_ledgers.rs
        pending: &[],
    },
    Case {
        tool: "pgroll",
        sql: "CREATE TABLE migrations (schema text NOT NULL, name text NOT NULL, migration json NOT NULL, created_at text, updated_at text, parent text, done boolean NOT NULL DEFAULT false, resulting_schema json NOT NULL DEFAULT '{}', migration_type varchar(32) DEFAULT 'pgroll');
            INSERT INTO migrations VALUES ('public', '00000_old', '{}', '2026-11-20', '2026-11-20', NULL, 1, '{}', 'pgroll'),
            ('public', '01_start', '{}', '2026-11-21', '2026-11-21', '00000_old', 1, '{}', 'baseline'),
            ('public', '02_next', '{}', '2026-11-22', '2026-11-22', '01_start', 0, '{}', 'pgroll');",
        recognised: "pgroll",
        rows: &["01_start | 01_start | - | Baseline", "02_next | 02_next | - | Applied"],
        files: &["01_start.yaml", "02_next.json", "03_more.yml"],
        pending: &["03_more"],
    },
    Case {
        tool: "rusqlite_migration",
        sql: "PRAGMA user_version = 2;",
        recognised: "",
        rows: &["2 | 2 | - | Applied"],
        files: &["1-a/up.sql", "02-b/up.sql", "02-b/down.sql", "3-c/up.sql"],
        pending: &["3"],
    },
];

fn open(sql: &str) -> (tempfile::TempDir, Box<dyn Database>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let url = DatabaseUrl::parse(&format!("sqlite:{}", path.display()), dir.path()).unwrap();
    (dir, db::open(&url, Instant::now() + Duration::from_secs(30)).unwrap())
}

fn pending(raw: &RawLedger, case: &Case) -> (Vec<String>, Matched) {
    let listing = list(&tool(case.tool), case.files);
    let matched = tool(case.tool).match_rows(raw, &listing.migrations);
    let all = listing.migrations.iter().zip(&matched.applied);
    (all.filter(|(_, applied)| !**applied).map(|(one, _)| one.identity.to_string()).collect(), matched)
}

#[test]
fn each_ledger_is_read_and_taken_for_no_other() {
    for case in CASES {
        let (_dir, mut database) = open(case.sql);
        let tables = database.tables().unwrap();
        for table in &tables {
            assert_eq!(
                recognise(table, &BTreeMap::new()).unwrap_or_default(),
                case.recognised,
                "{}",
                case.tool
            );
        }
        let sure: Vec<&str> = TOOLS
            .iter()
            .filter(|tool| tool.name() != "rusqlite_migration" && tool.find_ledger(&tables, None).is_some())
            .map(super::Tool::name)
            .collect();
        assert_eq!(sure.join(" "), case.recognised, "{}", case.sql);
        let ledger = tool(case.tool).find_ledger(&tables, None).expect("it is recognised");
        let raw = tool(case.tool).read_ledger(&ledger, &mut *database).unwrap();
        assert_eq!(shown_rows(&raw), case.rows, "{}", case.tool);
        let (pending, _) = pending(&raw, case);
        assert_eq!(pending, case.pending, "{}", case.tool);
    }
}

#[test]
fn a_counter_at_the_start_is_no_row() {
    for (name, sql) in [
        ("tern", "CREATE TABLE schema_version (version int4); INSERT INTO schema_version VALUES (0);"),
        ("rusqlite_migration", "PRAGMA user_version = 0;"),
    ] {
        let (_dir, mut database) = open(sql);
        let tables = database.tables().unwrap();
        let ledger = tool(name).find_ledger(&tables, None).unwrap();
        assert_eq!(shown_rows(&tool(name).read_ledger(&ledger, &mut *database).unwrap()), [""; 0], "{name}");
    }
}

/// Every tool that guard knows has rows in a test here or in `ledger_tests.rs`.
#[test]
fn no_tool_is_left_out() {
    let older = [
        "dbmate",
        "diesel",
        "drizzle",
        "flyway",
        "golang-migrate",
        "goose",
        "knex",
        "prisma",
        "rails",
        "refinery",
        "sqlx",
    ];
    for tool in TOOLS.iter().map(super::Tool::name) {
        let here = CASES.iter().any(|case| case.tool == tool);
        assert!(here || older.contains(&tool) || tool == "supabase", "{tool}");
    }
}
