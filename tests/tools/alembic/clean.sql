-- Alembic 1.20.1: all of them
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('d4e5f6a1b2c3');
CREATE TABLE one (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE three (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE two (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
COMMIT;
