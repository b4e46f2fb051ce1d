CREATE TABLE users (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(20) NOT NULL DEFAULT 'x' COMMENT 'what they are called',
    mail varchar(100) COLLATE utf8mb4_bin,
    born datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
    size decimal(8, 2) CHECK (size > 0),
    low varchar(20) GENERATED ALWAYS AS (lower(name)) VIRTUAL,
    doc json,
    hidden int INVISIBLE DEFAULT 5,
    number int(5) ZEROFILL,
    flag tinyint(1),
    kind enum ('a', 'b''c'),
    body text,
    KEY by_name (name(5) DESC),
    UNIQUE KEY one_mail (mail),
    FULLTEXT KEY words (body),
    CONSTRAINT kinds CHECK (name IN ('a', 'b') OR char_length(name) > 1)
) COMMENT 'people';
CREATE TABLE orders (
    id int PRIMARY KEY, buyer bigint unsigned, total decimal(10, 2), place point NOT NULL,
    SPATIAL KEY by_place (place),
    CONSTRAINT by_whom FOREIGN KEY (buyer) REFERENCES users (id) ON DELETE CASCADE ON UPDATE RESTRICT
) ROW_FORMAT = DYNAMIC;
CREATE TABLE events (at date NOT NULL, what varchar(20)) PARTITION BY RANGE (year(at))
    (PARTITION p0 VALUES LESS THAN (2020) COMMENT 'old', PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE kept (id int) WITH SYSTEM VERSIONING;
CREATE TABLE spans (a date, b date, PERIOD FOR valid (a, b));
CREATE TABLE old (id int) ENGINE = MyISAM;
CREATE VIEW buyers AS SELECT id, upper(name) AS big FROM users WHERE id > 3;
CREATE SEQUENCE counter START 5;
CREATE TRIGGER touched BEFORE INSERT ON users FOR EACH ROW SET new.flag = 1;
CREATE TRIGGER touched_more BEFORE INSERT ON users FOR EACH ROW SET new.number = 1;
CREATE PROCEDURE tidy(IN a int, OUT b varchar(5)) COMMENT 'tidies' SELECT a INTO b;
CREATE FUNCTION plus(a int, b int) RETURNS int DETERMINISTIC RETURN a + b;
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM orders;
