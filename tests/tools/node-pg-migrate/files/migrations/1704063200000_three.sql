-- Up Migration
CREATE TABLE three (id INTEGER PRIMARY KEY);

-- Down Migration
DROP TABLE three;
