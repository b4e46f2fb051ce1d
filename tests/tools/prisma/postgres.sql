-- @prisma/schema-engine-wasm 8.1.0-2.59be4fda on PostgreSQL 15.20
-- == clean
CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
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
INSERT INTO public._prisma_migrations VALUES ('b4cc3153-b5ac-4050-9263-e5c9c8464bfb', 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', '2026-11-21 18:36:03.65+00', '20240101000000_one', NULL, NULL, '2026-11-21 18:36:03.616+00', 1);
INSERT INTO public._prisma_migrations VALUES ('ed175168-b327-4c37-8d6a-ab4a673ea6da', '1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f', '2026-11-21 18:36:03.687+00', '20240102000000_two', NULL, NULL, '2026-11-21 18:36:03.656+00', 1);
INSERT INTO public._prisma_migrations VALUES ('2a83eb33-ebc0-4ec4-947b-73330939acfb', '07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0', '2026-11-21 18:36:03.718+00', '20240103000000_three', NULL, NULL, '2026-11-21 18:36:03.699+00', 1);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == pending
CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public._prisma_migrations VALUES ('8f292d79-bdcf-4b82-81dd-2972d6ec0f5d', 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', '2026-11-21 18:36:07.443+00', '20240101000000_one', NULL, NULL, '2026-11-21 18:36:07.414+00', 1);
INSERT INTO public._prisma_migrations VALUES ('5e165f16-fc8a-4a9a-852f-2122cce47c8f', '1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f', '2026-11-21 18:36:07.52+00', '20240102000000_two', NULL, NULL, '2026-11-21 18:36:07.469+00', 1);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == failed
CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
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
INSERT INTO public._prisma_migrations VALUES ('562696ff-211b-4bb5-93e6-fc12c6b87fd0', 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', '2026-11-21 18:36:10.089+00', '20240101000000_one', NULL, NULL, '2026-11-21 18:36:10.066+00', 1);
INSERT INTO public._prisma_migrations VALUES ('12c1bc6b-9459-4b5b-8351-37a51df542cf', '1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f', '2026-11-21 18:36:10.162+00', '20240102000000_two', NULL, NULL, '2026-11-21 18:36:10.108+00', 1);
INSERT INTO public._prisma_migrations VALUES ('6859bd71-5298-4cfc-b19b-ad235fca4377', '6227439e69c8e24108537f7f5b4e60b44aca8955d8c93e7e98536e58ffa82c1b', NULL, '20240103000000_three', 'external connector error
No such table: nonsense
   0: sql_schema_connector::apply_migration::apply_script
           with migration_name="20240103000000_three"
             at schema-engine/connectors/sql-schema-connector/src/apply_migration.rs:113
   1: schema_commands::commands::apply_migrations::Applying migration
           with migration_name="20240103000000_three"
             at schema-engine/commands/src/commands/apply_migrations.rs:95
   2: schema_engine_wasm::wasm::engine::ApplyMigrations
             at schema-engine/schema-engine-wasm/src/wasm/engine.rs:167', NULL, '2026-11-21 18:36:11.43+00', 0);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == crlf
CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
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
INSERT INTO public._prisma_migrations VALUES ('778804ad-0000-44a9-aea6-d716ce982a92', '11b266b10a80a65be271c6f8d0b7f44e30e793939096711374f5060dcfcfe8e7', '2026-11-21 18:36:14.507+00', '20240101000000_one', NULL, NULL, '2026-11-21 18:36:14.479+00', 1);
INSERT INTO public._prisma_migrations VALUES ('4e96c2ac-a0ca-4a58-a0d6-1d36cdd70c15', '6a5dce90f0ddacb5474a1789ae14e22128d4033e77f58b8399bcf9c2c1127630', '2026-11-21 18:36:14.534+00', '20240102000000_two', NULL, NULL, '2026-11-21 18:36:14.513+00', 1);
INSERT INTO public._prisma_migrations VALUES ('038b873a-d34f-4a5d-a05e-e3f1d28867df', '2d874403bcdea44bf1064f87dcc7a299a4659b51ccb121f0f4452c24c2651822', '2026-11-21 18:36:14.577+00', '20240103000000_three', NULL, NULL, '2026-11-21 18:36:14.543+00', 1);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == late
CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
INSERT INTO public._prisma_migrations VALUES ('f5b4dd1f-65a6-4159-ab33-3b0034a90c18', 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', '2026-11-21 18:36:16.385+00', '20240101000000_one', NULL, NULL, '2026-11-21 18:36:16.36+00', 1);
INSERT INTO public._prisma_migrations VALUES ('bd39d67d-69cc-4ecf-89de-18fa380f5619', '07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0', '2026-11-21 18:36:16.406+00', '20240103000000_three', NULL, NULL, '2026-11-21 18:36:16.386+00', 1);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
-- == late-migrated
CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
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
INSERT INTO public._prisma_migrations VALUES ('f5b4dd1f-65a6-4159-ab33-3b0034a90c18', 'cfb6b054c6382b37bf5f99015803c0ac79ce58c206382adc39b642a74b3a704f', '2026-11-21 18:36:16.385+00', '20240101000000_one', NULL, NULL, '2026-11-21 18:36:16.36+00', 1);
INSERT INTO public._prisma_migrations VALUES ('bd39d67d-69cc-4ecf-89de-18fa380f5619', '07841c6ddc9a17b34607f7d1feffc208431dbf131c525d6177897451e1e7f9d0', '2026-11-21 18:36:16.406+00', '20240103000000_three', NULL, NULL, '2026-11-21 18:36:16.386+00', 1);
INSERT INTO public._prisma_migrations VALUES ('3bfd6dfc-5698-4c02-8867-268ad0a4dade', '1d1307c96e53d3c1e66fbb7b46e40e6497cc2521ddbcd927266c434d1f7f471f', '2026-11-21 18:36:18.878+00', '20240102000000_two', NULL, NULL, '2026-11-21 18:36:18.868+00', 1);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
