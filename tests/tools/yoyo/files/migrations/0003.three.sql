-- depends: 0001.one
CREATE TABLE three (id INTEGER PRIMARY KEY);
