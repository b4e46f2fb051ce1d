-- migrate:up
CREATE TABLE three (id INTEGER PRIMARY KEY);

-- migrate:down
DROP TABLE three;
