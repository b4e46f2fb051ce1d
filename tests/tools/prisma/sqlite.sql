-- @prisma/schema-engine-wasm 8.1.0-2.59be4fda on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES('37a7a1b7-d167-4e01-b83f-5f9a30b637cb','cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f','2026-11-21T18:35:42.375+00:00','20240101000000_one',NULL,NULL,'2026-11-21T18:35:42.266+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('d3c7996b-f568-43f5-9806-4a0c0945a859','1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f','2026-11-21T18:35:42.494+00:00','20240102000000_two',NULL,NULL,'2026-11-21T18:35:42.403+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('8f7c6756-c788-4167-bf67-f810b1b394cf','07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0','2026-11-21T18:35:42.601+00:00','20240103000000_three',NULL,NULL,'2026-11-21T18:35:42.526+00:00',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES('27239b7b-a0ea-44c5-a29e-c5e496f764b3','cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f','2026-11-21T18:35:47.162+00:00','20240101000000_one',NULL,NULL,'2026-11-21T18:35:47.129+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('0f76f9fc-4d9b-495b-8a20-f494c857cb90','1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f','2026-11-21T18:35:47.236+00:00','20240102000000_two',NULL,NULL,'2026-11-21T18:35:47.183+00:00',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES('7accf6b0-81e9-499f-b999-d74251b85284','cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f','2026-11-21T18:35:49.539+00:00','20240101000000_one',NULL,NULL,'2026-11-21T18:35:49.514+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('b7ef66a1-bbae-4329-b4f9-f3f747af1688','1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f','2026-11-21T18:35:49.574+00:00','20240102000000_two',NULL,NULL,'2026-11-21T18:35:49.547+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('178529e9-7b45-477a-80b4-94a8c5030aa7','6227439e69c8e24108537f7f5b4e60b44aca8955d8c93e7e98536e58ffa82c1b',NULL,'20240103000000_three','The underlying table for model `nonsense` does not exist.
   0: sql_schema_connector::apply_migration::apply_script
           with migration_name="20240103000000_three"
             at schema-engine/connectors/sql-schema-connector/src/apply_migration.rs:113
   1: schema_commands::commands::apply_migrations::Applying migration
           with migration_name="20240103000000_three"
             at schema-engine/commands/src/commands/apply_migrations.rs:95
   2: schema_engine_wasm::wasm::engine::ApplyMigrations
             at schema-engine/schema-engine-wasm/src/wasm/engine.rs:167',NULL,'2026-11-21T18:35:50.483+00:00',0);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == crlf
BEGIN TRANSACTION;
CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES('400085a4-1293-4ed2-8a08-b2eb1279f329','11b266b10a80a65be271c6f8d0b7f44e30e793939096711374f5060dcfcfe8e7','2026-11-21T18:35:53.023+00:00','20240101000000_one',NULL,NULL,'2026-11-21T18:35:52.904+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('c4f0bccc-7b6d-419c-9cf7-56f746a020cd','6a5dce90f0ddacb5474a1789ae14e22128d4033e77f58b8399bcf9c2c1127630','2026-11-21T18:35:53.075+00:00','20240102000000_two',NULL,NULL,'2026-11-21T18:35:53.031+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('89402ac6-8b9d-4bd2-b027-30d0aed9dccc','2d874403bcdea44bf1064f87dcc7a299a4659b51ccb121f0f4452c24c2651822','2026-11-21T18:35:53.081+00:00','20240103000000_three',NULL,NULL,'2026-11-21T18:35:53.076+00:00',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES('04f369ea-cc5d-4a1f-bb16-81f0dc225720','cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f','2026-11-21T18:35:54.411+00:00','20240101000000_one',NULL,NULL,'2026-11-21T18:35:54.294+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('163bf802-a968-4531-b397-0cc5c3f66c7a','07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0','2026-11-21T18:35:54.562+00:00','20240103000000_three',NULL,NULL,'2026-11-21T18:35:54.427+00:00',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO "_prisma_migrations" VALUES('04f369ea-cc5d-4a1f-bb16-81f0dc225720','cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f','2026-11-21T18:35:54.411+00:00','20240101000000_one',NULL,NULL,'2026-11-21T18:35:54.294+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('163bf802-a968-4531-b397-0cc5c3f66c7a','07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0','2026-11-21T18:35:54.562+00:00','20240103000000_three',NULL,NULL,'2026-11-21T18:35:54.427+00:00',1);
INSERT INTO "_prisma_migrations" VALUES('84daeda2-f876-4445-89d3-7071a806be63','1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f','2026-11-21T18:35:56.643+00:00','20240102000000_two',NULL,NULL,'2026-11-21T18:35:56.540+00:00',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
