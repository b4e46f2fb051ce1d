-- +migrate Up
CREATE TABLE two (id INTEGER PRIMARY KEY);

-- +migrate Down
DROP TABLE two;
