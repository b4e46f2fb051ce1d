-- Supabase CLI 3.1.0 on PostgreSQL 15.20
-- == clean
CREATE SCHEMA supabase_migrations;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
CREATE TABLE supabase_migrations.schema_migrations (
    version text NOT NULL,
    statements text[],
    name text
);
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', '{"CREATE TABLE one (id INTEGER PRIMARY KEY)"}', 'one');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240102000000', '{"CREATE TABLE two (id INTEGER PRIMARY KEY)"}', 'two');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240103000000', '{"CREATE TABLE three (id INTEGER PRIMARY KEY)"}', 'three');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supabase_migrations.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
-- == pending
CREATE SCHEMA supabase_migrations;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
CREATE TABLE supabase_migrations.schema_migrations (
    version text NOT NULL,
    statements text[],
    name text
);
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', '{"CREATE TABLE one (id INTEGER PRIMARY KEY)"}', 'one');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240102000000', '{"CREATE TABLE two (id INTEGER PRIMARY KEY)"}', 'two');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supabase_migrations.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
-- == failed
CREATE SCHEMA supabase_migrations;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
CREATE TABLE supabase_migrations.schema_migrations (
    version text NOT NULL,
    statements text[],
    name text
);
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', '{"CREATE TABLE one (id INTEGER PRIMARY KEY)"}', 'one');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240102000000', '{"CREATE TABLE two (id INTEGER PRIMARY KEY)"}', 'two');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supabase_migrations.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
-- == crlf
CREATE SCHEMA supabase_migrations;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
CREATE TABLE supabase_migrations.schema_migrations (
    version text NOT NULL,
    statements text[],
    name text
);
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', '{"CREATE TABLE one (id INTEGER PRIMARY KEY)"}', 'one');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240102000000', '{"CREATE TABLE two (id INTEGER PRIMARY KEY)"}', 'two');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240103000000', '{"CREATE TABLE three (id INTEGER PRIMARY KEY)"}', 'three');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supabase_migrations.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
-- == late
CREATE SCHEMA supabase_migrations;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE supabase_migrations.schema_migrations (
    version text NOT NULL,
    statements text[],
    name text
);
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', '{"CREATE TABLE one (id INTEGER PRIMARY KEY)"}', 'one');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240103000000', '{"CREATE TABLE three (id INTEGER PRIMARY KEY)"}', 'three');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supabase_migrations.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
-- == late-migrated
CREATE SCHEMA supabase_migrations;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE supabase_migrations.schema_migrations (
    version text NOT NULL,
    statements text[],
    name text
);
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', '{"CREATE TABLE one (id INTEGER PRIMARY KEY)"}', 'one');
INSERT INTO supabase_migrations.schema_migrations VALUES ('20240103000000', '{"CREATE TABLE three (id INTEGER PRIMARY KEY)"}', 'three');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY supabase_migrations.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
