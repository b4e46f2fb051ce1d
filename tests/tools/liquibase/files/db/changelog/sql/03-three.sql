--liquibase formatted sql

--changeset ann:3
CREATE TABLE three (id INTEGER);
CREATE INDEX three_id ON three (id);
