-- Liquibase 4.28.0: update, on PostgreSQL
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
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'changelog/sql/one.sql', '2024-01-01 00:00:00', 1, 'EXECUTED', '9:29e2fd5e4245dacef559b1335c82e4d3', 'sql', 'The first one.', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'changelog/sql/two.sql', '2024-01-01 00:00:00', 2, 'EXECUTED', '9:49bda5bfe35e147745b9b38c4b7a7da2', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('view', 'Bob B', 'changelog/sql/two.sql', '2024-01-01 00:00:00', 3, 'EXECUTED', '9:5a853d42d3efd2cac5d132e033d3777c', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('3', 'ann', 'changelog/sql/two.sql', '2024-01-01 00:00:00', 4, 'EXECUTED', '9:7720c178fd3858b1c3917b7c665fba9d', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('marked', 'ann', 'changelog/sql/two.sql', '2024-01-01 00:00:00', 5, 'MARK_RAN', '9:53879b4efb000c1f9d1b8971dd5899e5', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('kept', 'ann', 'old/path.sql', '2024-01-01 00:00:00', 6, 'EXECUTED', '9:4f350cbb3315ceda43369393f53bfc4f', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'changelog/master.xml', '2024-01-01 00:00:00', 7, 'EXECUTED', '9:9050efc34bdb03906b22e1a448140c91', 'createTable tableName=in_xml', 'A table as Liquibase says it.', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('2', 'ann', 'changelog/master.xml', '2024-01-01 00:00:00', 8, 'EXECUTED', '9:3f85abe1186886713fb40eff82548035', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'changelog/words.yaml', '2024-01-01 00:00:00', 9, 'EXECUTED', '9:70235bc4dfbcc939c09ebbd02ca84a7d', 'createTable tableName=in_yaml', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('2', 'Bob B', 'changelog/words.yaml', '2024-01-01 00:00:00', 10, 'EXECUTED', '9:9a55f82ca00a754918640e1c56926896', 'sql', '', NULL, '4.28.0', 'never-set', NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('1', 'ann', 'changelog/words.json', '2024-01-01 00:00:00', 11, 'EXECUTED', '9:bdfc4577046a1d19f9cc8f01a814ea9c', 'createTable tableName=in_json', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('2', 'ann', 'changelog/words.json', '2024-01-01 00:00:00', 12, 'EXECUTED', '9:8d8c6d1cb6f27d2b5579e83343f0ff9a', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
INSERT INTO public.databasechangelog VALUES ('raw', 'includeAll', 'changelog/plain/3.sql', '2024-01-01 00:00:00', 13, 'EXECUTED', '9:ba77e6bbced9e84837815bd1fceb24ef', 'sql', '', NULL, '4.28.0', NULL, NULL, '0000000000');
