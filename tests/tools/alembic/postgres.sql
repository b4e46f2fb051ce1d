-- Alembic 1.20.1 on PostgreSQL 15.20
-- == clean
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.one (
    id integer
);
CREATE TABLE public.three (
    id integer
);
CREATE TABLE public.two (
    id integer
);
INSERT INTO public.alembic_version VALUES ('c3d4e5f6a1b2');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX three_id ON public.three USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
-- == pending
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.one (
    id integer
);
CREATE TABLE public.two (
    id integer
);
INSERT INTO public.alembic_version VALUES ('b2c3d4e5f6a1');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
-- == failed
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.one (
    id integer
);
CREATE TABLE public.two (
    id integer
);
INSERT INTO public.alembic_version VALUES ('b2c3d4e5f6a1');
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
