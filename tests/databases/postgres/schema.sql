CREATE SCHEMA shop;
CREATE EXTENSION citext SCHEMA shop;
CREATE EXTENSION postgres_fdw;
CREATE COLLATION shop.plain (locale = 'C');
CREATE TYPE shop.state AS ENUM ('new', 'paid');
ALTER TYPE shop.state ADD VALUE 'seen' BEFORE 'paid';
CREATE DOMAIN shop.amount AS numeric(10, 2) DEFAULT 0 CONSTRAINT positive CHECK (VALUE >= 0);
CREATE TYPE shop.place AS (street text, number integer);
CREATE TYPE shop.span AS RANGE (subtype = float8);
CREATE SEQUENCE shop.counter START 5 CACHE 3;
CREATE TABLE shop.users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(20) NOT NULL,
    mail shop.citext,
    note text DEFAULT 'x',
    low text GENERATED ALWAYS AS (lower(note)) STORED,
    state shop.state DEFAULT 'new',
    CONSTRAINT kinds CHECK (name IN ('a', 'b') OR length(name) > 1),
    CONSTRAINT one_mail UNIQUE (mail) DEFERRABLE
);
CREATE TABLE shop.orders (
    id serial PRIMARY KEY,
    buyer bigint CONSTRAINT by_whom REFERENCES shop.users ON DELETE CASCADE,
    during tstzrange,
    total shop.amount,
    CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)
) WITH (fillfactor = 90, toast.autovacuum_enabled = off);
CREATE INDEX by_buyer ON shop.orders (buyer DESC NULLS LAST) INCLUDE (total) WHERE buyer > 5;
CREATE INDEX by_low ON shop.users (lower(name) text_pattern_ops);
CREATE TABLE shop.events (at timestamptz NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE shop.events_1 PARTITION OF shop.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE shop.events_rest PARTITION OF shop.events DEFAULT;
CREATE INDEX by_time ON shop.events (at);
CREATE TABLE shop.animals (name text);
CREATE TABLE shop.dogs (breed text) INHERITS (shop.animals);
CREATE VIEW shop.buyers WITH (security_barrier) AS SELECT name, mail FROM shop.users WHERE name IN ('a', 'b');
CREATE MATERIALIZED VIEW shop.sums AS SELECT buyer, sum(total) AS total FROM shop.orders GROUP BY buyer;
CREATE INDEX by_sum ON shop.sums (total);
CREATE FUNCTION shop.plus(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
CREATE FUNCTION shop.plus(a text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN a || 'x'; END $$;
CREATE FUNCTION shop.atomic(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT a + 1; END; -- from 14
CREATE PROCEDURE shop.tidy() LANGUAGE sql AS 'DELETE FROM shop.orders';
CREATE AGGREGATE shop.total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON shop.users FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE FUNCTION shop.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watching ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION shop.watch();
CREATE RULE quiet AS ON DELETE TO shop.animals DO INSTEAD NOTHING;
ALTER TABLE shop.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.users FOR SELECT USING (name = current_user);
CREATE STATISTICS shop.together (dependencies) ON buyer, total FROM shop.orders;
CREATE PUBLICATION feed FOR TABLE shop.users (id, name) WHERE (id > 5), shop.orders; -- from 15
CREATE PUBLICATION feed FOR TABLE shop.users, shop.orders; -- before 15
CREATE PUBLICATION whole FOR TABLES IN SCHEMA shop WITH (publish = 'insert'); -- from 15
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', dbname 'nowhere');
CREATE USER MAPPING FOR public SERVER far OPTIONS (user 'u', password 'hunter2');
CREATE FOREIGN TABLE shop.distant (id integer OPTIONS (column_name 'number')) SERVER far OPTIONS (table_name 't');
CREATE OPERATOR shop.=== (leftarg = integer, rightarg = integer, function = int4eq);
CREATE CAST (shop.place AS text) WITH INOUT;
CREATE TEXT SEARCH CONFIGURATION shop.words (COPY = simple);
CREATE TEXT SEARCH DICTIONARY shop.short (TEMPLATE = simple);
CREATE OPERATOR FAMILY shop.odd USING btree;
COMMENT ON SCHEMA shop IS 'the shop';
COMMENT ON TABLE shop.users IS 'people';
COMMENT ON COLUMN shop.users.name IS 'what they are called';
COMMENT ON CONSTRAINT kinds ON shop.users IS 'why';
COMMENT ON INDEX shop.by_buyer IS 'fast';
COMMENT ON FUNCTION shop.plus(integer, integer) IS 'adds';
COMMENT ON TYPE shop.state IS 'states';
