-- Liquibase 4.28.0 on PostgreSQL 15.20
-- == clean
CREATE TABLE public.databasechangelog (
    id character varying(255) NOT NULL,
    author character varying(255) NOT NULL,
    filename character varying(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype character varying(10) NOT NULL,
    md5sum character varying(35),
    description character varying(255),
    comments character varying(255),
    tag character varying(255),
    liquibase character varying(20),
    contexts character varying(255),
    labels character varying(255),
    deployment_id character varying(10)
);
CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL,
    locked boolean NOT NULL,
    lockgranted timestamp without time zone,
    lockedby character varying(255)
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
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'db/changelog/sql/01-one.sql', '2026-11-21 21:29:35.881287', 1, 'EXECUTED', '9:fb790fb65a1781d744454350ec91c79d', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296575651');
INSERT INTO public.databasechangelog VALUES ('2', 'ann', 'db/changelog/sql/02-two.sql', '2026-11-21 21:29:36.019374', 2, 'EXECUTED', '9:254c2fd914089d0e30500a82dc400454', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296575651');
INSERT INTO public.databasechangelog VALUES ('3', 'ann', 'db/changelog/sql/03-three.sql', '2026-11-21 21:29:36.101416', 3, 'EXECUTED', '9:2546fe2974b3e16ecd011b6f062dc640', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296575651');
INSERT INTO public.databasechangeloglock VALUES (1, false, NULL, NULL);
ALTER TABLE ONLY public.databasechangeloglock
    ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX three_id ON public.three USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
-- == pending
CREATE TABLE public.databasechangelog (
    id character varying(255) NOT NULL,
    author character varying(255) NOT NULL,
    filename character varying(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype character varying(10) NOT NULL,
    md5sum character varying(35),
    description character varying(255),
    comments character varying(255),
    tag character varying(255),
    liquibase character varying(20),
    contexts character varying(255),
    labels character varying(255),
    deployment_id character varying(10)
);
CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL,
    locked boolean NOT NULL,
    lockgranted timestamp without time zone,
    lockedby character varying(255)
);
CREATE TABLE public.one (
    id integer
);
CREATE TABLE public.two (
    id integer
);
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'db/changelog/sql/01-one.sql', '2026-11-21 21:31:58.85448', 1, 'EXECUTED', '9:fb790fb65a1781d744454350ec91c79d', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296718033');
INSERT INTO public.databasechangelog VALUES ('2', 'ann', 'db/changelog/sql/02-two.sql', '2026-11-21 21:31:59.428479', 2, 'EXECUTED', '9:254c2fd914089d0e30500a82dc400454', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296718033');
INSERT INTO public.databasechangeloglock VALUES (1, false, NULL, NULL);
ALTER TABLE ONLY public.databasechangeloglock
    ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
-- == failed
CREATE TABLE public.databasechangelog (
    id character varying(255) NOT NULL,
    author character varying(255) NOT NULL,
    filename character varying(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype character varying(10) NOT NULL,
    md5sum character varying(35),
    description character varying(255),
    comments character varying(255),
    tag character varying(255),
    liquibase character varying(20),
    contexts character varying(255),
    labels character varying(255),
    deployment_id character varying(10)
);
CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL,
    locked boolean NOT NULL,
    lockgranted timestamp without time zone,
    lockedby character varying(255)
);
CREATE TABLE public.one (
    id integer
);
CREATE TABLE public.two (
    id integer
);
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'db/changelog/sql/01-one.sql', '2026-11-21 21:33:00.439342', 1, 'EXECUTED', '9:fb790fb65a1781d744454350ec91c79d', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296780344');
INSERT INTO public.databasechangelog VALUES ('2', 'ann', 'db/changelog/sql/02-two.sql', '2026-11-21 21:33:00.512922', 2, 'EXECUTED', '9:254c2fd914089d0e30500a82dc400454', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296780344');
INSERT INTO public.databasechangeloglock VALUES (1, false, NULL, NULL);
ALTER TABLE ONLY public.databasechangeloglock
    ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
-- == crlf
CREATE TABLE public.databasechangelog (
    id character varying(255) NOT NULL,
    author character varying(255) NOT NULL,
    filename character varying(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype character varying(10) NOT NULL,
    md5sum character varying(35),
    description character varying(255),
    comments character varying(255),
    tag character varying(255),
    liquibase character varying(20),
    contexts character varying(255),
    labels character varying(255),
    deployment_id character varying(10)
);
CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL,
    locked boolean NOT NULL,
    lockgranted timestamp without time zone,
    lockedby character varying(255)
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
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'db/changelog/sql/01-one.sql', '2026-11-21 21:33:47.894184', 1, 'EXECUTED', '9:fb790fb65a1781d744454350ec91c79d', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296827734');
INSERT INTO public.databasechangelog VALUES ('2', 'ann', 'db/changelog/sql/02-two.sql', '2026-11-21 21:33:47.985168', 2, 'EXECUTED', '9:254c2fd914089d0e30500a82dc400454', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296827734');
INSERT INTO public.databasechangelog VALUES ('3', 'ann', 'db/changelog/sql/03-three.sql', '2026-11-21 21:33:48.027101', 3, 'EXECUTED', '9:2546fe2974b3e16ecd011b6f062dc640', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296827734');
INSERT INTO public.databasechangeloglock VALUES (1, false, NULL, NULL);
ALTER TABLE ONLY public.databasechangeloglock
    ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX three_id ON public.three USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
-- == late
CREATE TABLE public.databasechangelog (
    id character varying(255) NOT NULL,
    author character varying(255) NOT NULL,
    filename character varying(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype character varying(10) NOT NULL,
    md5sum character varying(35),
    description character varying(255),
    comments character varying(255),
    tag character varying(255),
    liquibase character varying(20),
    contexts character varying(255),
    labels character varying(255),
    deployment_id character varying(10)
);
CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL,
    locked boolean NOT NULL,
    lockgranted timestamp without time zone,
    lockedby character varying(255)
);
CREATE TABLE public.one (
    id integer
);
CREATE TABLE public.three (
    id integer
);
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'db/changelog/sql/01-one.sql', '2026-11-21 21:34:03.084184', 1, 'EXECUTED', '9:fb790fb65a1781d744454350ec91c79d', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296842820');
INSERT INTO public.databasechangelog VALUES ('3', 'ann', 'db/changelog/sql/03-three.sql', '2026-11-21 21:34:03.168163', 2, 'EXECUTED', '9:2546fe2974b3e16ecd011b6f062dc640', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296842820');
INSERT INTO public.databasechangeloglock VALUES (1, false, NULL, NULL);
ALTER TABLE ONLY public.databasechangeloglock
    ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX three_id ON public.three USING btree (id);
-- == late-migrated
CREATE TABLE public.databasechangelog (
    id character varying(255) NOT NULL,
    author character varying(255) NOT NULL,
    filename character varying(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype character varying(10) NOT NULL,
    md5sum character varying(35),
    description character varying(255),
    comments character varying(255),
    tag character varying(255),
    liquibase character varying(20),
    contexts character varying(255),
    labels character varying(255),
    deployment_id character varying(10)
);
CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL,
    locked boolean NOT NULL,
    lockgranted timestamp without time zone,
    lockedby character varying(255)
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
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'db/changelog/sql/01-one.sql', '2026-11-21 21:34:03.084184', 1, 'EXECUTED', '9:fb790fb65a1781d744454350ec91c79d', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296842820');
INSERT INTO public.databasechangelog VALUES ('3', 'ann', 'db/changelog/sql/03-three.sql', '2026-11-21 21:34:03.168163', 2, 'EXECUTED', '9:2546fe2974b3e16ecd011b6f062dc640', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296842820');
INSERT INTO public.databasechangelog VALUES ('2', 'ann', 'db/changelog/sql/02-two.sql', '2026-11-21 21:34:29.292551', 3, 'EXECUTED', '9:254c2fd914089d0e30500a82dc400454', 'sql', '', NULL, '4.28.0', NULL, NULL, '5296869085');
INSERT INTO public.databasechangeloglock VALUES (1, false, NULL, NULL);
ALTER TABLE ONLY public.databasechangeloglock
    ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id);
CREATE INDEX one_id ON public.one USING btree (id);
CREATE INDEX three_id ON public.three USING btree (id);
CREATE INDEX two_id ON public.two USING btree (id);
