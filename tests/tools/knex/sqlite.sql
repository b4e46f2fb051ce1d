-- Knex 3.3.0 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime);
INSERT INTO "knex_migrations" VALUES(1,'20240101000000_one.js',1,1795285725613);
INSERT INTO "knex_migrations" VALUES(2,'20240102000000_two.js',1,1795285725614);
INSERT INTO "knex_migrations" VALUES(3,'20240103000000_three.js',1,1795285725614);
CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);
INSERT INTO "knex_migrations_lock" VALUES(1,0);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime);
INSERT INTO "knex_migrations" VALUES(1,'20240101000000_one.js',1,1795285727952);
INSERT INTO "knex_migrations" VALUES(2,'20240102000000_two.js',1,1795285727952);
CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);
INSERT INTO "knex_migrations_lock" VALUES(1,0);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime);
INSERT INTO "knex_migrations" VALUES(1,'20240101000000_one.js',1,1795285729738);
INSERT INTO "knex_migrations" VALUES(2,'20240102000000_two.js',1,1795285729739);
CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);
INSERT INTO "knex_migrations_lock" VALUES(1,0);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime);
INSERT INTO "knex_migrations" VALUES(1,'20240101000000_one.js',1,1795285732319);
INSERT INTO "knex_migrations" VALUES(2,'20240103000000_three.js',1,1795285732320);
CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);
INSERT INTO "knex_migrations_lock" VALUES(1,0);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime);
INSERT INTO "knex_migrations" VALUES(1,'20240101000000_one.js',1,1795285732319);
INSERT INTO "knex_migrations" VALUES(2,'20240103000000_three.js',1,1795285732320);
INSERT INTO "knex_migrations" VALUES(3,'20240102000000_two.js',2,1795285734245);
CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);
INSERT INTO "knex_migrations_lock" VALUES(1,0);
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
