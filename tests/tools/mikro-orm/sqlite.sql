-- MikroORM 6.6.16 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE `mikro_orm_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `executed_at` datetime default CURRENT_TIMESTAMP);
INSERT INTO "mikro_orm_migrations" VALUES(1,'Migration20240101000000_one','2026-11-21 18:07:26');
INSERT INTO "mikro_orm_migrations" VALUES(2,'Migration20240102000000_two','2026-11-21 18:07:26');
INSERT INTO "mikro_orm_migrations" VALUES(3,'Migration20240103000000_three','2026-11-21 18:07:26');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE `mikro_orm_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `executed_at` datetime default CURRENT_TIMESTAMP);
INSERT INTO "mikro_orm_migrations" VALUES(1,'Migration20240101000000_one','2026-11-21 18:07:32');
INSERT INTO "mikro_orm_migrations" VALUES(2,'Migration20240102000000_two','2026-11-21 18:07:32');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE `mikro_orm_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `executed_at` datetime default CURRENT_TIMESTAMP);
INSERT INTO "mikro_orm_migrations" VALUES(1,'Migration20240101000000_one','2026-11-21 18:07:35');
INSERT INTO "mikro_orm_migrations" VALUES(2,'Migration20240102000000_two','2026-11-21 18:07:35');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE `mikro_orm_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `executed_at` datetime default CURRENT_TIMESTAMP);
INSERT INTO "mikro_orm_migrations" VALUES(1,'Migration20240101000000_one','2026-11-21 18:07:38');
INSERT INTO "mikro_orm_migrations" VALUES(2,'Migration20240103000000_three','2026-11-21 18:07:38');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE `mikro_orm_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `executed_at` datetime default CURRENT_TIMESTAMP);
INSERT INTO "mikro_orm_migrations" VALUES(1,'Migration20240101000000_one','2026-11-21 18:07:38');
INSERT INTO "mikro_orm_migrations" VALUES(2,'Migration20240103000000_three','2026-11-21 18:07:38');
INSERT INTO "mikro_orm_migrations" VALUES(3,'Migration20240102000000_two','2026-11-21 18:07:41');
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
