-- migrate:up
CREATE TABLE three (id INTEGER PRIMARY KEY);
INSERT INTO nonsense VALUES (1);

-- migrate:down
DROP TABLE three;
