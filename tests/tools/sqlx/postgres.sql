-- sqlx-cli 0.9.0 on PostgreSQL 15.20
-- == clean
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
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
INSERT INTO public._sqlx_migrations VALUES (20240101000000, 'one', '2026-11-21 18:34:59.792388+00', true, '\xf23a1b9dfa869304f560df1a0c1ac0174d73bdd912c4514f7492097d03360d5ecccf0da824c8810fb66ec1a950a3eb45', 7296988);
INSERT INTO public._sqlx_migrations VALUES (20240102000000, 'two', '2026-11-21 18:34:59.800082+00', true, '\xbcc605260f6ade94d5350c170337d2b70e36776e04eb2df5755c5b02d35c8eb8b7339fc63248e6be087add9aefe3150a', 6112155);
INSERT INTO public._sqlx_migrations VALUES (20240103000000, 'three', '2026-11-21 18:34:59.80637+00', true, '\x2d067a4ffd2e388a8988cae99c1a581c0aad3c236cf1e5e59e6843b85d115078721e61562f487c60189c57cce1f97a45', 2858719);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == pending
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public._sqlx_migrations VALUES (20240101000000, 'one', '2026-11-21 18:35:01.530947+00', true, '\xf23a1b9dfa869304f560df1a0c1ac0174d73bdd912c4514f7492097d03360d5ecccf0da824c8810fb66ec1a950a3eb45', 8191178);
INSERT INTO public._sqlx_migrations VALUES (20240102000000, 'two', '2026-11-21 18:35:01.53954+00', true, '\xbcc605260f6ade94d5350c170337d2b70e36776e04eb2df5755c5b02d35c8eb8b7339fc63248e6be087add9aefe3150a', 7326685);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == failed
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public._sqlx_migrations VALUES (20240101000000, 'one', '2026-11-21 18:35:02.714493+00', true, '\xf23a1b9dfa869304f560df1a0c1ac0174d73bdd912c4514f7492097d03360d5ecccf0da824c8810fb66ec1a950a3eb45', 11825797);
INSERT INTO public._sqlx_migrations VALUES (20240102000000, 'two', '2026-11-21 18:35:02.723685+00', true, '\xbcc605260f6ade94d5350c170337d2b70e36776e04eb2df5755c5b02d35c8eb8b7339fc63248e6be087add9aefe3150a', 11314432);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == crlf
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
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
INSERT INTO public._sqlx_migrations VALUES (20240101000000, 'one', '2026-11-21 18:35:03.668616+00', true, '\x2f83a8ad2941d024c8a640e0a088ade4ffd4da3999e0c4fe8eab61d67e2df0de4bd06110c7fce22c36c7e056f808bfa4', 10989245);
INSERT INTO public._sqlx_migrations VALUES (20240102000000, 'two', '2026-11-21 18:35:03.679966+00', true, '\x8a8a6bb22191ce88d8a2c7b7c17399e21c60af8db1ec0e8248c322e7848e20b649bcfd120a1f561b6c00eaa2b2e5f9fc', 15081007);
INSERT INTO public._sqlx_migrations VALUES (20240103000000, 'three', '2026-11-21 18:35:03.695267+00', true, '\x50604da82b9c2f868f8608b41016804ee1cb82358ffcc6c5d9b8ad075b1586dce373a1ff3c59cc5300d8b2e6e3dd0a35', 2522832);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == late
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
INSERT INTO public._sqlx_migrations VALUES (20240101000000, 'one', '2026-11-21 18:35:04.922843+00', true, '\xf23a1b9dfa869304f560df1a0c1ac0174d73bdd912c4514f7492097d03360d5ecccf0da824c8810fb66ec1a950a3eb45', 21712713);
INSERT INTO public._sqlx_migrations VALUES (20240103000000, 'three', '2026-11-21 18:35:04.94496+00', true, '\x2d067a4ffd2e388a8988cae99c1a581c0aad3c236cf1e5e59e6843b85d115078721e61562f487c60189c57cce1f97a45', 26649694);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
-- == late-migrated
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
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
INSERT INTO public._sqlx_migrations VALUES (20240101000000, 'one', '2026-11-21 18:35:04.922843+00', true, '\xf23a1b9dfa869304f560df1a0c1ac0174d73bdd912c4514f7492097d03360d5ecccf0da824c8810fb66ec1a950a3eb45', 21712713);
INSERT INTO public._sqlx_migrations VALUES (20240103000000, 'three', '2026-11-21 18:35:04.94496+00', true, '\x2d067a4ffd2e388a8988cae99c1a581c0aad3c236cf1e5e59e6843b85d115078721e61562f487c60189c57cce1f97a45', 26649694);
INSERT INTO public._sqlx_migrations VALUES (20240102000000, 'two', '2026-11-21 18:35:05.241028+00', true, '\xbcc605260f6ade94d5350c170337d2b70e36776e04eb2df5755c5b02d35c8eb8b7339fc63248e6be087add9aefe3150a', 7746869);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
