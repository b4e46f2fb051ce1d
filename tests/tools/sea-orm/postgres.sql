-- sea-orm-migration 2.0.4 on PostgreSQL 15.20
-- == clean
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.seaql_migrations VALUES ('m20240101_000001_one', 1795287496);
INSERT INTO public.seaql_migrations VALUES ('m20240102_000001_two', 1795287496);
INSERT INTO public.seaql_migrations VALUES ('m20240103_000001_three', 1795287496);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == pending
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.seaql_migrations VALUES ('m20240101_000001_one', 1795287496);
INSERT INTO public.seaql_migrations VALUES ('m20240102_000001_two', 1795287496);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == failed
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.seaql_migrations VALUES ('m20240101_000001_one', 1795287497);
INSERT INTO public.seaql_migrations VALUES ('m20240102_000001_two', 1795287497);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == late
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
INSERT INTO public.seaql_migrations VALUES ('m20240101_000001_one', 1795287497);
INSERT INTO public.seaql_migrations VALUES ('m20240103_000001_three', 1795287497);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
-- == late-migrated
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.seaql_migrations (
    version character varying NOT NULL,
    applied_at bigint NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.seaql_migrations VALUES ('m20240101_000001_one', 1795287497);
INSERT INTO public.seaql_migrations VALUES ('m20240103_000001_three', 1795287497);
INSERT INTO public.seaql_migrations VALUES ('m20240102_000001_two', 1795287498);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.seaql_migrations
    ADD CONSTRAINT seaql_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
