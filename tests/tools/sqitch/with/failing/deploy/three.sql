CREATE TABLE three (id INTEGER);
CREATE INDEX three_id ON nowhere (id);
