-- drizzle-orm 0.45.4 on PostgreSQL 15.20
-- == clean
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);
CREATE SEQUENCE drizzle.__drizzle_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE drizzle.__drizzle_migrations_id_seq OWNED BY drizzle.__drizzle_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY drizzle.__drizzle_migrations ALTER COLUMN id SET DEFAULT nextval('drizzle.__drizzle_migrations_id_seq'::regclass);
INSERT INTO drizzle.__drizzle_migrations VALUES (1, 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', 1704067200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (2, '1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f', 1704153600000);
INSERT INTO drizzle.__drizzle_migrations VALUES (3, '07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0', 1704240000000);
SELECT pg_catalog.setval('drizzle.__drizzle_migrations_id_seq', 3, true);
ALTER TABLE ONLY drizzle.__drizzle_migrations
    ADD CONSTRAINT __drizzle_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == pending
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);
CREATE SEQUENCE drizzle.__drizzle_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE drizzle.__drizzle_migrations_id_seq OWNED BY drizzle.__drizzle_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY drizzle.__drizzle_migrations ALTER COLUMN id SET DEFAULT nextval('drizzle.__drizzle_migrations_id_seq'::regclass);
INSERT INTO drizzle.__drizzle_migrations VALUES (1, 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', 1704067200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (2, '1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f', 1704153600000);
SELECT pg_catalog.setval('drizzle.__drizzle_migrations_id_seq', 2, true);
ALTER TABLE ONLY drizzle.__drizzle_migrations
    ADD CONSTRAINT __drizzle_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == failed
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);
CREATE SEQUENCE drizzle.__drizzle_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE drizzle.__drizzle_migrations_id_seq OWNED BY drizzle.__drizzle_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY drizzle.__drizzle_migrations ALTER COLUMN id SET DEFAULT nextval('drizzle.__drizzle_migrations_id_seq'::regclass);
INSERT INTO drizzle.__drizzle_migrations VALUES (1, 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', 1704067200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (2, '1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f', 1704153600000);
SELECT pg_catalog.setval('drizzle.__drizzle_migrations_id_seq', 2, true);
ALTER TABLE ONLY drizzle.__drizzle_migrations
    ADD CONSTRAINT __drizzle_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == crlf
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);
CREATE SEQUENCE drizzle.__drizzle_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE drizzle.__drizzle_migrations_id_seq OWNED BY drizzle.__drizzle_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY drizzle.__drizzle_migrations ALTER COLUMN id SET DEFAULT nextval('drizzle.__drizzle_migrations_id_seq'::regclass);
INSERT INTO drizzle.__drizzle_migrations VALUES (1, '11b266b10a80a65be271c6f8d0b7f44e30e793939096711374f5060dcfcfe8e7', 1704067200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (2, '6a5dce90f0ddacb5474a1789ae14e22128d4033e77f58b8399bcf9c2c1127630', 1704153600000);
INSERT INTO drizzle.__drizzle_migrations VALUES (3, '2d874403bcdea44bf1064f87dcc7a299a4659b51ccb121f0f4452c24c2651822', 1704240000000);
SELECT pg_catalog.setval('drizzle.__drizzle_migrations_id_seq', 3, true);
ALTER TABLE ONLY drizzle.__drizzle_migrations
    ADD CONSTRAINT __drizzle_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == late
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);
CREATE SEQUENCE drizzle.__drizzle_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE drizzle.__drizzle_migrations_id_seq OWNED BY drizzle.__drizzle_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
ALTER TABLE ONLY drizzle.__drizzle_migrations ALTER COLUMN id SET DEFAULT nextval('drizzle.__drizzle_migrations_id_seq'::regclass);
INSERT INTO drizzle.__drizzle_migrations VALUES (1, 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', 1704067200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (2, '07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0', 1704240000000);
SELECT pg_catalog.setval('drizzle.__drizzle_migrations_id_seq', 2, true);
ALTER TABLE ONLY drizzle.__drizzle_migrations
    ADD CONSTRAINT __drizzle_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
-- == late-migrated
CREATE SCHEMA drizzle;
CREATE TABLE drizzle.__drizzle_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);
CREATE SEQUENCE drizzle.__drizzle_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE drizzle.__drizzle_migrations_id_seq OWNED BY drizzle.__drizzle_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
ALTER TABLE ONLY drizzle.__drizzle_migrations ALTER COLUMN id SET DEFAULT nextval('drizzle.__drizzle_migrations_id_seq'::regclass);
INSERT INTO drizzle.__drizzle_migrations VALUES (1, 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', 1704067200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (2, '07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0', 1704240000000);
SELECT pg_catalog.setval('drizzle.__drizzle_migrations_id_seq', 2, true);
ALTER TABLE ONLY drizzle.__drizzle_migrations
    ADD CONSTRAINT __drizzle_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
