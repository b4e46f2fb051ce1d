-- migrate:up
CREATE TABLE one (id INTEGER PRIMARY KEY);

-- migrate:down
DROP TABLE one;
