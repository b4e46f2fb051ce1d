-- ActiveRecord 6.1.7.10 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
INSERT INTO "ar_internal_metadata" VALUES('environment','default_env','2026-11-21 18:18:09.075985','2026-11-21 18:18:09.075985');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
INSERT INTO "schema_migrations" VALUES('20240103000000');
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
INSERT INTO "ar_internal_metadata" VALUES('environment','default_env','2026-11-21 18:18:20.299978','2026-11-21 18:18:20.299978');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
INSERT INTO "ar_internal_metadata" VALUES('environment','default_env','2026-11-21 18:18:26.709575','2026-11-21 18:18:26.709575');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
INSERT INTO "ar_internal_metadata" VALUES('environment','default_env','2026-11-21 18:18:34.417817','2026-11-21 18:18:34.417817');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240103000000');
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
INSERT INTO "ar_internal_metadata" VALUES('environment','default_env','2026-11-21 18:18:34.417817','2026-11-21 18:18:34.417817');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240103000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
