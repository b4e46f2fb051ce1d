-- Alembic 1.20.1: the branch that the others need
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('x2');
CREATE TABLE base (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE more (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
COMMIT;
