-- refinery_cli 0.10.0 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'one','2026-11-21T18:35:15.175342214Z','8190603640818293413');
INSERT INTO "refinery_schema_history" VALUES(2,'two','2026-11-21T18:35:15.175346813Z','3836726872072459425');
INSERT INTO "refinery_schema_history" VALUES(3,'three','2026-11-21T18:35:15.175347314Z','13388446154491003298');
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'one','2026-11-21T18:35:16.035375539Z','8190603640818293413');
INSERT INTO "refinery_schema_history" VALUES(2,'two','2026-11-21T18:35:16.035380338Z','3836726872072459425');
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'one','2026-11-21T18:35:16.730623729Z','8190603640818293413');
INSERT INTO "refinery_schema_history" VALUES(2,'two','2026-11-21T18:35:16.730628377Z','3836726872072459425');
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == crlf
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'one','2026-11-21T18:35:17.414644597Z','13457419559557992691');
INSERT INTO "refinery_schema_history" VALUES(2,'two','2026-11-21T18:35:17.414657792Z','1668140316131069965');
INSERT INTO "refinery_schema_history" VALUES(3,'three','2026-11-21T18:35:17.414658353Z','1050740866794121783');
CREATE TABLE three (id INTEGER PRIMARY KEY);
CREATE TABLE two (id INTEGER PRIMARY KEY);
COMMIT;
-- == late
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'one','2026-11-21T18:35:18.024381496Z','8190603640818293413');
INSERT INTO "refinery_schema_history" VALUES(3,'three','2026-11-21T18:35:18.024385804Z','13388446154491003298');
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
-- == late-migrated
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES(1,'one','2026-11-21T18:35:18.024381496Z','8190603640818293413');
INSERT INTO "refinery_schema_history" VALUES(3,'three','2026-11-21T18:35:18.024385804Z','13388446154491003298');
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
