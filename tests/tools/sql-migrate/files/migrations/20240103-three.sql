-- +migrate Up
CREATE TABLE three (id INTEGER PRIMARY KEY);

-- +migrate Down
DROP TABLE three;
