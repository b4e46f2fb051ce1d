-- sql-migrate 0.0~git20191213.0633851 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE "gorp_migrations" ("id" varchar(255) not null primary key, "applied_at" datetime);
INSERT INTO "gorp_migrations" VALUES('20240101-one.sql','2026-11-21 18:20:39.608480954+00:00');
INSERT INTO "gorp_migrations" VALUES('20240102-two.sql','2026-11-21 18:20:39.642521595+00:00');
INSERT INTO "gorp_migrations" VALUES('20240103-three.sql','2026-11-21 18:20:39.664161452+00:00');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE "gorp_migrations" ("id" varchar(255) not null primary key, "applied_at" datetime);
INSERT INTO "gorp_migrations" VALUES('20240101-one.sql','2026-11-21 18:20:40.629385964+00:00');
INSERT INTO "gorp_migrations" VALUES('20240102-two.sql','2026-11-21 18:20:40.641353095+00:00');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE "gorp_migrations" ("id" varchar(255) not null primary key, "applied_at" datetime);
INSERT INTO "gorp_migrations" VALUES('20240101-one.sql','2026-11-21 18:20:41.678981193+00:00');
INSERT INTO "gorp_migrations" VALUES('20240102-two.sql','2026-11-21 18:20:41.692612452+00:00');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE "gorp_migrations" ("id" varchar(255) not null primary key, "applied_at" datetime);
INSERT INTO "gorp_migrations" VALUES('20240101-one.sql','2026-11-21 18:20:43.056103216+00:00');
INSERT INTO "gorp_migrations" VALUES('20240103-three.sql','2026-11-21 18:20:43.0596552+00:00');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE "gorp_migrations" ("id" varchar(255) not null primary key, "applied_at" datetime);
INSERT INTO "gorp_migrations" VALUES('20240101-one.sql','2026-11-21 18:20:43.056103216+00:00');
INSERT INTO "gorp_migrations" VALUES('20240103-three.sql','2026-11-21 18:20:43.0596552+00:00');
INSERT INTO "gorp_migrations" VALUES('20240102-two.sql','2026-11-21 18:20:43.993394176+00:00');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
