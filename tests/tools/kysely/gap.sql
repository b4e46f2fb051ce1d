-- Kysely 0.28.18: the first and the third
BEGIN TRANSACTION;
CREATE TABLE "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
INSERT INTO "kysely_migration" VALUES('001_one','2026-11-21T16:41:04.303Z');
INSERT INTO "kysely_migration" VALUES('003_three','2026-11-21T16:41:04.309Z');
CREATE TABLE "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
INSERT INTO "kysely_migration_lock" VALUES('migration_lock',0);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
