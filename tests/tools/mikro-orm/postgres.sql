-- MikroORM 6.6.16 on PostgreSQL 15.20
-- == clean
CREATE TABLE public.mikro_orm_migrations (
    id integer NOT NULL,
    name character varying(255),
    executed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.mikro_orm_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.mikro_orm_migrations_id_seq OWNED BY public.mikro_orm_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY public.mikro_orm_migrations ALTER COLUMN id SET DEFAULT nextval('public.mikro_orm_migrations_id_seq'::regclass);
INSERT INTO public.mikro_orm_migrations VALUES (1, 'Migration20240101000000_one', '2026-11-21 18:07:46.185168+00');
INSERT INTO public.mikro_orm_migrations VALUES (2, 'Migration20240102000000_two', '2026-11-21 18:07:46.185168+00');
INSERT INTO public.mikro_orm_migrations VALUES (3, 'Migration20240103000000_three', '2026-11-21 18:07:46.185168+00');
SELECT pg_catalog.setval('public.mikro_orm_migrations_id_seq', 3, true);
ALTER TABLE ONLY public.mikro_orm_migrations
    ADD CONSTRAINT mikro_orm_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == pending
CREATE TABLE public.mikro_orm_migrations (
    id integer NOT NULL,
    name character varying(255),
    executed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.mikro_orm_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.mikro_orm_migrations_id_seq OWNED BY public.mikro_orm_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY public.mikro_orm_migrations ALTER COLUMN id SET DEFAULT nextval('public.mikro_orm_migrations_id_seq'::regclass);
INSERT INTO public.mikro_orm_migrations VALUES (1, 'Migration20240101000000_one', '2026-11-21 18:07:57.146505+00');
INSERT INTO public.mikro_orm_migrations VALUES (2, 'Migration20240102000000_two', '2026-11-21 18:07:57.146505+00');
SELECT pg_catalog.setval('public.mikro_orm_migrations_id_seq', 2, true);
ALTER TABLE ONLY public.mikro_orm_migrations
    ADD CONSTRAINT mikro_orm_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == failed
CREATE TABLE public.mikro_orm_migrations (
    id integer NOT NULL,
    name character varying(255),
    executed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.mikro_orm_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.mikro_orm_migrations_id_seq OWNED BY public.mikro_orm_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY public.mikro_orm_migrations ALTER COLUMN id SET DEFAULT nextval('public.mikro_orm_migrations_id_seq'::regclass);
INSERT INTO public.mikro_orm_migrations VALUES (1, 'Migration20240101000000_one', '2026-11-21 18:08:01.860102+00');
INSERT INTO public.mikro_orm_migrations VALUES (2, 'Migration20240102000000_two', '2026-11-21 18:08:01.860102+00');
SELECT pg_catalog.setval('public.mikro_orm_migrations_id_seq', 2, true);
ALTER TABLE ONLY public.mikro_orm_migrations
    ADD CONSTRAINT mikro_orm_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == late
CREATE TABLE public.mikro_orm_migrations (
    id integer NOT NULL,
    name character varying(255),
    executed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.mikro_orm_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.mikro_orm_migrations_id_seq OWNED BY public.mikro_orm_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
ALTER TABLE ONLY public.mikro_orm_migrations ALTER COLUMN id SET DEFAULT nextval('public.mikro_orm_migrations_id_seq'::regclass);
INSERT INTO public.mikro_orm_migrations VALUES (1, 'Migration20240101000000_one', '2026-11-21 18:08:07.890479+00');
INSERT INTO public.mikro_orm_migrations VALUES (2, 'Migration20240103000000_three', '2026-11-21 18:08:07.890479+00');
SELECT pg_catalog.setval('public.mikro_orm_migrations_id_seq', 2, true);
ALTER TABLE ONLY public.mikro_orm_migrations
    ADD CONSTRAINT mikro_orm_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
-- == late-migrated
CREATE TABLE public.mikro_orm_migrations (
    id integer NOT NULL,
    name character varying(255),
    executed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP
);
CREATE SEQUENCE public.mikro_orm_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.mikro_orm_migrations_id_seq OWNED BY public.mikro_orm_migrations.id;
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
ALTER TABLE ONLY public.mikro_orm_migrations ALTER COLUMN id SET DEFAULT nextval('public.mikro_orm_migrations_id_seq'::regclass);
INSERT INTO public.mikro_orm_migrations VALUES (1, 'Migration20240101000000_one', '2026-11-21 18:08:07.890479+00');
INSERT INTO public.mikro_orm_migrations VALUES (2, 'Migration20240103000000_three', '2026-11-21 18:08:07.890479+00');
INSERT INTO public.mikro_orm_migrations VALUES (3, 'Migration20240102000000_two', '2026-11-21 18:08:12.352646+00');
SELECT pg_catalog.setval('public.mikro_orm_migrations_id_seq', 3, true);
ALTER TABLE ONLY public.mikro_orm_migrations
    ADD CONSTRAINT mikro_orm_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
