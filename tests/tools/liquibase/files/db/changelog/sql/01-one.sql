--liquibase formatted sql

--changeset ann:1
CREATE TABLE one (id INTEGER);
CREATE INDEX one_id ON one (id);
