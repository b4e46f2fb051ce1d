-- yoyo-migrations 9.0.0 on PostgreSQL 15.20
-- == clean
CREATE TABLE public._yoyo_log (
    id character varying(36) NOT NULL,
    migration_hash character varying(64),
    migration_id character varying(255),
    operation character varying(10),
    username character varying(255),
    hostname character varying(255),
    comment character varying(255),
    created_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_migration (
    migration_hash character varying(64) NOT NULL,
    migration_id character varying(255),
    applied_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_version (
    version integer NOT NULL,
    installed_at_utc timestamp without time zone
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
CREATE TABLE public.yoyo_lock (
    locked integer DEFAULT 1 NOT NULL,
    ctime timestamp without time zone,
    pid integer NOT NULL
);
INSERT INTO public._yoyo_log VALUES ('291f5e46-e5d5-11f1-af53-02fc00000001', '1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:30.592992');
INSERT INTO public._yoyo_log VALUES ('2926f0de-e5d5-11f1-af53-02fc00000001', '04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:30.641032');
INSERT INTO public._yoyo_log VALUES ('292b49e0-e5d5-11f1-af53-02fc00000001', '6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc', '0003.three', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:30.669526');
INSERT INTO public._yoyo_migration VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', '2026-11-21 17:58:30.60681');
INSERT INTO public._yoyo_migration VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', '2026-11-21 17:58:30.641549');
INSERT INTO public._yoyo_migration VALUES ('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc', '0003.three', '2026-11-21 17:58:30.670051');
INSERT INTO public._yoyo_version VALUES (2, '2026-11-21 17:58:30.536291');
ALTER TABLE ONLY public._yoyo_log
    ADD CONSTRAINT _yoyo_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public._yoyo_migration
    ADD CONSTRAINT _yoyo_migration_pkey PRIMARY KEY (migration_hash);
ALTER TABLE ONLY public._yoyo_version
    ADD CONSTRAINT _yoyo_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.yoyo_lock
    ADD CONSTRAINT yoyo_lock_pkey PRIMARY KEY (locked);
-- == pending
CREATE TABLE public._yoyo_log (
    id character varying(36) NOT NULL,
    migration_hash character varying(64),
    migration_id character varying(255),
    operation character varying(10),
    username character varying(255),
    hostname character varying(255),
    comment character varying(255),
    created_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_migration (
    migration_hash character varying(64) NOT NULL,
    migration_id character varying(255),
    applied_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_version (
    version integer NOT NULL,
    installed_at_utc timestamp without time zone
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
CREATE TABLE public.yoyo_lock (
    locked integer DEFAULT 1 NOT NULL,
    ctime timestamp without time zone,
    pid integer NOT NULL
);
INSERT INTO public._yoyo_log VALUES ('2b8b699a-e5d5-11f1-8e44-02fc00000001', '1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:34.656345');
INSERT INTO public._yoyo_log VALUES ('2b8e22d4-e5d5-11f1-8e44-02fc00000001', '04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:34.672762');
INSERT INTO public._yoyo_migration VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', '2026-11-21 17:58:34.663956');
INSERT INTO public._yoyo_migration VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', '2026-11-21 17:58:34.673197');
INSERT INTO public._yoyo_version VALUES (2, '2026-11-21 17:58:34.61921');
ALTER TABLE ONLY public._yoyo_log
    ADD CONSTRAINT _yoyo_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public._yoyo_migration
    ADD CONSTRAINT _yoyo_migration_pkey PRIMARY KEY (migration_hash);
ALTER TABLE ONLY public._yoyo_version
    ADD CONSTRAINT _yoyo_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.yoyo_lock
    ADD CONSTRAINT yoyo_lock_pkey PRIMARY KEY (locked);
-- == failed
CREATE TABLE public._yoyo_log (
    id character varying(36) NOT NULL,
    migration_hash character varying(64),
    migration_id character varying(255),
    operation character varying(10),
    username character varying(255),
    hostname character varying(255),
    comment character varying(255),
    created_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_migration (
    migration_hash character varying(64) NOT NULL,
    migration_id character varying(255),
    applied_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_version (
    version integer NOT NULL,
    installed_at_utc timestamp without time zone
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.two (
    id integer NOT NULL
);
CREATE TABLE public.yoyo_lock (
    locked integer DEFAULT 1 NOT NULL,
    ctime timestamp without time zone,
    pid integer NOT NULL
);
INSERT INTO public._yoyo_log VALUES ('2ce8f23a-e5d5-11f1-aa59-02fc00000001', '1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:36.951455');
INSERT INTO public._yoyo_log VALUES ('2cf04a44-e5d5-11f1-aa59-02fc00000001', '04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:36.993768');
INSERT INTO public._yoyo_migration VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', '2026-11-21 17:58:36.958814');
INSERT INTO public._yoyo_migration VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', '2026-11-21 17:58:36.994276');
INSERT INTO public._yoyo_version VALUES (2, '2026-11-21 17:58:36.902508');
ALTER TABLE ONLY public._yoyo_log
    ADD CONSTRAINT _yoyo_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public._yoyo_migration
    ADD CONSTRAINT _yoyo_migration_pkey PRIMARY KEY (migration_hash);
ALTER TABLE ONLY public._yoyo_version
    ADD CONSTRAINT _yoyo_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.yoyo_lock
    ADD CONSTRAINT yoyo_lock_pkey PRIMARY KEY (locked);
-- == late
CREATE TABLE public._yoyo_log (
    id character varying(36) NOT NULL,
    migration_hash character varying(64),
    migration_id character varying(255),
    operation character varying(10),
    username character varying(255),
    hostname character varying(255),
    comment character varying(255),
    created_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_migration (
    migration_hash character varying(64) NOT NULL,
    migration_id character varying(255),
    applied_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_version (
    version integer NOT NULL,
    installed_at_utc timestamp without time zone
);
CREATE TABLE public.one (
    id integer NOT NULL
);
CREATE TABLE public.three (
    id integer NOT NULL
);
CREATE TABLE public.yoyo_lock (
    locked integer DEFAULT 1 NOT NULL,
    ctime timestamp without time zone,
    pid integer NOT NULL
);
INSERT INTO public._yoyo_log VALUES ('2f843914-e5d5-11f1-9bf0-02fc00000001', '1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:41.32011');
INSERT INTO public._yoyo_log VALUES ('2f8a254a-e5d5-11f1-9bf0-02fc00000001', '6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc', '0003.three', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:41.357522');
INSERT INTO public._yoyo_migration VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', '2026-11-21 17:58:41.334743');
INSERT INTO public._yoyo_migration VALUES ('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc', '0003.three', '2026-11-21 17:58:41.358678');
INSERT INTO public._yoyo_version VALUES (2, '2026-11-21 17:58:41.263634');
ALTER TABLE ONLY public._yoyo_log
    ADD CONSTRAINT _yoyo_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public._yoyo_migration
    ADD CONSTRAINT _yoyo_migration_pkey PRIMARY KEY (migration_hash);
ALTER TABLE ONLY public._yoyo_version
    ADD CONSTRAINT _yoyo_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.yoyo_lock
    ADD CONSTRAINT yoyo_lock_pkey PRIMARY KEY (locked);
-- == late-migrated
CREATE TABLE public._yoyo_log (
    id character varying(36) NOT NULL,
    migration_hash character varying(64),
    migration_id character varying(255),
    operation character varying(10),
    username character varying(255),
    hostname character varying(255),
    comment character varying(255),
    created_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_migration (
    migration_hash character varying(64) NOT NULL,
    migration_id character varying(255),
    applied_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_version (
    version integer NOT NULL,
    installed_at_utc timestamp without time zone
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
CREATE TABLE public.yoyo_lock (
    locked integer DEFAULT 1 NOT NULL,
    ctime timestamp without time zone,
    pid integer NOT NULL
);
INSERT INTO public._yoyo_log VALUES ('2f843914-e5d5-11f1-9bf0-02fc00000001', '1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:41.32011');
INSERT INTO public._yoyo_log VALUES ('2f8a254a-e5d5-11f1-9bf0-02fc00000001', '6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc', '0003.three', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:41.357522');
INSERT INTO public._yoyo_log VALUES ('3141661e-e5d5-11f1-b149-02fc00000001', '04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', 'apply', 'root', 'localhost', NULL, '2026-11-21 17:58:44.237572');
INSERT INTO public._yoyo_migration VALUES ('1bf0ade7c212d97e5e1a9c66de4a09a05cec4f4020aefe3b9e339ea3e99b4713', '0001.one', '2026-11-21 17:58:41.334743');
INSERT INTO public._yoyo_migration VALUES ('6b9df49ff149673c26fc2226c911d6fc436bcf1fad271ac1186577236dc255dc', '0003.three', '2026-11-21 17:58:41.358678');
INSERT INTO public._yoyo_migration VALUES ('04085569698d4c0ca938d445633e21536d0e3d768beca7972c10c6fda842c168', '0002.two', '2026-11-21 17:58:44.259692');
INSERT INTO public._yoyo_version VALUES (2, '2026-11-21 17:58:41.263634');
ALTER TABLE ONLY public._yoyo_log
    ADD CONSTRAINT _yoyo_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public._yoyo_migration
    ADD CONSTRAINT _yoyo_migration_pkey PRIMARY KEY (migration_hash);
ALTER TABLE ONLY public._yoyo_version
    ADD CONSTRAINT _yoyo_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.one
    ADD CONSTRAINT one_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.three
    ADD CONSTRAINT three_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.two
    ADD CONSTRAINT two_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.yoyo_lock
    ADD CONSTRAINT yoyo_lock_pkey PRIMARY KEY (locked);
