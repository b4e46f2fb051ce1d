-- dbmate 2.36.0: the first and the third
BEGIN TRANSACTION;
CREATE TABLE one (id INTEGER PRIMARY KEY);
CREATE TABLE "schema_migrations" (version varchar(128) primary key);
INSERT INTO "schema_migrations" VALUES('20240101000000');
INSERT INTO "schema_migrations" VALUES('20240103000000');
CREATE TABLE three (id INTEGER PRIMARY KEY);
COMMIT;
