-- dbmate 2.36.0 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" (version varchar(128) primary key);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
INSERT INTO "schema_migrations" VALUES('20240103000000');
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" (version varchar(128) primary key);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" (version varchar(128) primary key);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" (version varchar(128) primary key);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240103000000');
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" (version varchar(128) primary key);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240103000000');
INSERT INTO "schema_migrations" VALUES('20240102000000');
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
