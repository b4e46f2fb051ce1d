-- migrate:up
CREATE TABLE two (id INTEGER PRIMARY KEY);

-- migrate:down
DROP TABLE two;
