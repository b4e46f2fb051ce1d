--liquibase formatted sql

--changeset ann:1
--comment The first one.
CREATE TABLE one (id INTEGER);
-- a plain comment, which counts
CREATE INDEX one_id ON one (id);
--rollback DROP TABLE one;
