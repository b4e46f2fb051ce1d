-- Up Migration
CREATE TABLE three (id INTEGER PRIMARY KEY);
INSERT INTO nonsense VALUES (1);

-- Down Migration
DROP TABLE three;
