-- refinery_cli 0.10.0 on PostgreSQL 15.20
-- == clean
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.refinery_schema_history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.refinery_schema_history VALUES (1, 'one', '2026-11-21T18:35:24.814194006Z', '8190603640818293413');
INSERT INTO public.refinery_schema_history VALUES (2, 'two', '2026-11-21T18:35:24.814205788Z', '3836726872072459425');
INSERT INTO public.refinery_schema_history VALUES (3, 'three', '2026-11-21T18:35:24.814206759Z', '13388446154491003298');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refinery_schema_history
    ADD CONSTRAINT refinery_schema_history_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == pending
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.refinery_schema_history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.refinery_schema_history VALUES (1, 'one', '2026-11-21T18:35:26.598552504Z', '8190603640818293413');
INSERT INTO public.refinery_schema_history VALUES (2, 'two', '2026-11-21T18:35:26.598565639Z', '3836726872072459425');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refinery_schema_history
    ADD CONSTRAINT refinery_schema_history_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == failed
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.refinery_schema_history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.refinery_schema_history VALUES (1, 'one', '2026-11-21T18:35:28.927437562Z', '8190603640818293413');
INSERT INTO public.refinery_schema_history VALUES (2, 'two', '2026-11-21T18:35:28.927450126Z', '3836726872072459425');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refinery_schema_history
    ADD CONSTRAINT refinery_schema_history_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == crlf
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.refinery_schema_history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
INSERT INTO public.refinery_schema_history VALUES (1, 'one', '2026-11-21T18:35:30.569342824Z', '13457419559557992691');
INSERT INTO public.refinery_schema_history VALUES (2, 'two', '2026-11-21T18:35:30.569353233Z', '1668140316131069965');
INSERT INTO public.refinery_schema_history VALUES (3, 'three', '2026-11-21T18:35:30.569354125Z', '1050740866794121783');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refinery_schema_history
    ADD CONSTRAINT refinery_schema_history_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
-- == late
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.refinery_schema_history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);
CREATE TABLE public.three (
    id integer NOT NULL
);
INSERT INTO public.refinery_schema_history VALUES (1, 'one', '2026-11-21T18:35:31.798580854Z', '8190603640818293413');
INSERT INTO public.refinery_schema_history VALUES (3, 'three', '2026-11-21T18:35:31.798593258Z', '13388446154491003298');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refinery_schema_history
    ADD CONSTRAINT refinery_schema_history_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
-- == late-migrated
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.refinery_schema_history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);
CREATE TABLE public.three (
    id integer NOT NULL
);
INSERT INTO public.refinery_schema_history VALUES (1, 'one', '2026-11-21T18:35:31.798580854Z', '8190603640818293413');
INSERT INTO public.refinery_schema_history VALUES (3, 'three', '2026-11-21T18:35:31.798593258Z', '13388446154491003298');
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refinery_schema_history
    ADD CONSTRAINT refinery_schema_history_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
