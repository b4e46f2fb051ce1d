-- Up Migration
CREATE TABLE two (id INTEGER PRIMARY KEY);

-- Down Migration
DROP TABLE two;
