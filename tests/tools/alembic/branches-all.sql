-- Alembic 1.20.1: branches that need each other, all of them
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('z1');
INSERT INTO "alembic_version" VALUES('y2');
CREATE TABLE base (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE lines (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE more (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE orders (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE report (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
COMMIT;
