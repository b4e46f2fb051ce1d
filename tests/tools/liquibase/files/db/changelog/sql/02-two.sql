--liquibase formatted sql

--changeset ann:2
CREATE TABLE two (id INTEGER);
CREATE INDEX two_id ON two (id);
