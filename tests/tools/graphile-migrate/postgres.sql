-- graphile-migrate 1.4.1 on PostgreSQL 15.20
-- == clean
CREATE SCHEMA graphile_migrate;
CREATE TABLE graphile_migrate.current (
    filename text DEFAULT 'current.sql'::text NOT NULL,
    content text NOT NULL,
    date timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE graphile_migrate.migrations (
    hash text NOT NULL,
    previous_hash text,
    filename text NOT NULL,
    date timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO graphile_migrate.migrations VALUES ('sha1:2b503c4c905c5a3a443c9aaf13b55289209151d0', NULL, '000001.sql', '2026-11-21 18:27:03.379429+00');
INSERT INTO graphile_migrate.migrations VALUES ('sha1:e8f4ea067134f658b865582e9d54060b7eca046f', 'sha1:2b503c4c905c5a3a443c9aaf13b55289209151d0', '000002.sql', '2026-11-21 18:27:03.391849+00');
INSERT INTO graphile_migrate.migrations VALUES ('sha1:7ed557b6eb6329560d3884a4adcd6244dd483c41', 'sha1:e8f4ea067134f658b865582e9d54060b7eca046f', '000003.sql', '2026-11-21 18:27:03.399202+00');
ALTER TABLE ONLY graphile_migrate.current
    ADD CONSTRAINT current_pkey PRIMARY KEY (filename);
ALTER TABLE ONLY graphile_migrate.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY graphile_migrate.migrations
    ADD CONSTRAINT migrations_previous_hash_fkey FOREIGN KEY (previous_hash) REFERENCES graphile_migrate.migrations(hash);
-- == pending
CREATE SCHEMA graphile_migrate;
CREATE TABLE graphile_migrate.current (
    filename text DEFAULT 'current.sql'::text NOT NULL,
    content text NOT NULL,
    date timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE graphile_migrate.migrations (
    hash text NOT NULL,
    previous_hash text,
    filename text NOT NULL,
    date timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO graphile_migrate.migrations VALUES ('sha1:2b503c4c905c5a3a443c9aaf13b55289209151d0', NULL, '000001.sql', '2026-11-21 18:27:07.20006+00');
INSERT INTO graphile_migrate.migrations VALUES ('sha1:e8f4ea067134f658b865582e9d54060b7eca046f', 'sha1:2b503c4c905c5a3a443c9aaf13b55289209151d0', '000002.sql', '2026-11-21 18:27:07.204921+00');
ALTER TABLE ONLY graphile_migrate.current
    ADD CONSTRAINT current_pkey PRIMARY KEY (filename);
ALTER TABLE ONLY graphile_migrate.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY graphile_migrate.migrations
    ADD CONSTRAINT migrations_previous_hash_fkey FOREIGN KEY (previous_hash) REFERENCES graphile_migrate.migrations(hash);
-- == failed
CREATE SCHEMA graphile_migrate;
CREATE TABLE graphile_migrate.current (
    filename text DEFAULT 'current.sql'::text NOT NULL,
    content text NOT NULL,
    date timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE graphile_migrate.migrations (
    hash text NOT NULL,
    previous_hash text,
    filename text NOT NULL,
    date timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO graphile_migrate.migrations VALUES ('sha1:2b503c4c905c5a3a443c9aaf13b55289209151d0', NULL, '000001.sql', '2026-11-21 18:27:09.913259+00');
INSERT INTO graphile_migrate.migrations VALUES ('sha1:e8f4ea067134f658b865582e9d54060b7eca046f', 'sha1:2b503c4c905c5a3a443c9aaf13b55289209151d0', '000002.sql', '2026-11-21 18:27:09.924559+00');
ALTER TABLE ONLY graphile_migrate.current
    ADD CONSTRAINT current_pkey PRIMARY KEY (filename);
ALTER TABLE ONLY graphile_migrate.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY graphile_migrate.migrations
    ADD CONSTRAINT migrations_previous_hash_fkey FOREIGN KEY (previous_hash) REFERENCES graphile_migrate.migrations(hash);
