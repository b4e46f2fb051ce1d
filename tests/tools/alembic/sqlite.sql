-- Alembic 1.20.1 on SQLite 3.40.1
-- == clean
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('c3d4e5f6a1b2');
CREATE TABLE one (id INTEGER);
CREATE TABLE three (id INTEGER);
CREATE TABLE two (id INTEGER);
CREATE INDEX one_id ON one (id);
CREATE INDEX two_id ON two (id);
CREATE INDEX three_id ON three (id);
COMMIT;
-- == pending
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('b2c3d4e5f6a1');
CREATE TABLE one (id INTEGER);
CREATE TABLE two (id INTEGER);
CREATE INDEX one_id ON one (id);
CREATE INDEX two_id ON two (id);
COMMIT;
-- == failed
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('b2c3d4e5f6a1');
CREATE TABLE one (id INTEGER);
CREATE TABLE three (id INTEGER);
CREATE TABLE two (id INTEGER);
CREATE INDEX one_id ON one (id);
CREATE INDEX two_id ON two (id);
COMMIT;
