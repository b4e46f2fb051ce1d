-- sql-migrate 0.0~git20191213.0633851 on PostgreSQL 15.20
-- == clean
CREATE TABLE public.gorp_migrations (
    id text NOT NULL,
    applied_at timestamp with time zone
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
INSERT INTO public.gorp_migrations VALUES ('20240101-one.sql', '2026-11-21 18:20:51.99198+00');
INSERT INTO public.gorp_migrations VALUES ('20240102-two.sql', '2026-11-21 18:20:52.023588+00');
INSERT INTO public.gorp_migrations VALUES ('20240103-three.sql', '2026-11-21 18:20:52.034132+00');
ALTER TABLE ONLY public.gorp_migrations
    ADD CONSTRAINT gorp_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == pending
CREATE TABLE public.gorp_migrations (
    id text NOT NULL,
    applied_at timestamp with time zone
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.gorp_migrations VALUES ('20240101-one.sql', '2026-11-21 18:20:53.486076+00');
INSERT INTO public.gorp_migrations VALUES ('20240102-two.sql', '2026-11-21 18:20:53.506501+00');
ALTER TABLE ONLY public.gorp_migrations
    ADD CONSTRAINT gorp_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == failed
CREATE TABLE public.gorp_migrations (
    id text NOT NULL,
    applied_at timestamp with time zone
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.gorp_migrations VALUES ('20240101-one.sql', '2026-11-21 18:20:54.97736+00');
INSERT INTO public.gorp_migrations VALUES ('20240102-two.sql', '2026-11-21 18:20:54.98635+00');
ALTER TABLE ONLY public.gorp_migrations
    ADD CONSTRAINT gorp_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == late
CREATE TABLE public.gorp_migrations (
    id text NOT NULL,
    applied_at timestamp with time zone
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
INSERT INTO public.gorp_migrations VALUES ('20240101-one.sql', '2026-11-21 18:20:56.536612+00');
INSERT INTO public.gorp_migrations VALUES ('20240103-three.sql', '2026-11-21 18:20:56.550741+00');
ALTER TABLE ONLY public.gorp_migrations
    ADD CONSTRAINT gorp_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
-- == late-migrated
CREATE TABLE public.gorp_migrations (
    id text NOT NULL,
    applied_at timestamp with time zone
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
INSERT INTO public.gorp_migrations VALUES ('20240101-one.sql', '2026-11-21 18:20:56.536612+00');
INSERT INTO public.gorp_migrations VALUES ('20240103-three.sql', '2026-11-21 18:20:56.550741+00');
INSERT INTO public.gorp_migrations VALUES ('20240102-two.sql', '2026-11-21 18:20:57.30255+00');
ALTER TABLE ONLY public.gorp_migrations
    ADD CONSTRAINT gorp_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
