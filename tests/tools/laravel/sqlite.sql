-- illuminate/database 8.83.26 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE "migrations" ("id" integer not null primary key autoincrement, "migration" varchar not null, "batch" integer not null);
INSERT INTO "migrations" VALUES(1,'2024_01_01_000000_one',1);
INSERT INTO "migrations" VALUES(2,'2024_01_02_000000_two',1);
INSERT INTO "migrations" VALUES(3,'2024_01_03_000000_three',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE "migrations" ("id" integer not null primary key autoincrement, "migration" varchar not null, "batch" integer not null);
INSERT INTO "migrations" VALUES(1,'2024_01_01_000000_one',1);
INSERT INTO "migrations" VALUES(2,'2024_01_02_000000_two',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE "migrations" ("id" integer not null primary key autoincrement, "migration" varchar not null, "batch" integer not null);
INSERT INTO "migrations" VALUES(1,'2024_01_01_000000_one',1);
INSERT INTO "migrations" VALUES(2,'2024_01_02_000000_two',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE "migrations" ("id" integer not null primary key autoincrement, "migration" varchar not null, "batch" integer not null);
INSERT INTO "migrations" VALUES(1,'2024_01_01_000000_one',1);
INSERT INTO "migrations" VALUES(2,'2024_01_03_000000_three',1);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE "migrations" ("id" integer not null primary key autoincrement, "migration" varchar not null, "batch" integer not null);
INSERT INTO "migrations" VALUES(1,'2024_01_01_000000_one',1);
INSERT INTO "migrations" VALUES(2,'2024_01_03_000000_three',1);
INSERT INTO "migrations" VALUES(3,'2024_01_02_000000_two',2);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
