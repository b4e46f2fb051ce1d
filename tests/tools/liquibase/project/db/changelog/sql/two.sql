-- liquibase formatted sql

-- changeset ann:1
CREATE TABLE two (id INTEGER);

-- changeset "Bob B":view runOnChange:true
DROP VIEW IF EXISTS seen;
CREATE VIEW seen AS SELECT id FROM two;
/* liquibase rollback
DROP VIEW seen;
*/

-- changeset ann:elsewhere dbms:oracle,mssql
CREATE TABLE never (id INTEGER);

-- changeset ann:3 splitStatements:false stripComments:false endDelimiter:\nGO
ALTER TABLE two ADD   COLUMN	note VARCHAR(10);

-- changeset ann:marked
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:1 SELECT COUNT(*) FROM two
CREATE TABLE marked (id INTEGER);

-- changeset ann:kept logicalFilePath:old/path.sql
--validCheckSum: 9:00000000000000000000000000000000
INSERT INTO two (id, note) VALUES (1, 'a  b');
