CREATE TABLE two (id INTEGER);
CREATE INDEX two_id ON two (id);
