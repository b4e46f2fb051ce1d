-- Alembic 1.20.1: a revision and what it builds on
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('y2');
INSERT INTO "alembic_version" VALUES('x1');
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
COMMIT;
