-- +migrate Up
CREATE TABLE three (id INTEGER PRIMARY KEY);
INSERT INTO nonsense VALUES (1);

-- +migrate Down
DROP TABLE three;
