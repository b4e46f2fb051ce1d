-- +migrate Up
CREATE TABLE one (id INTEGER PRIMARY KEY);

-- +migrate Down
DROP TABLE one;
