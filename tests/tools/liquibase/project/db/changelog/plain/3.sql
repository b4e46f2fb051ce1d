-- plain
CREATE TABLE plain (id INT);

CREATE TABLE plain2 (id   INT);
