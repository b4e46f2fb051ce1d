-- Up Migration
CREATE TABLE one (id INTEGER PRIMARY KEY);

-- Down Migration
DROP TABLE one;
