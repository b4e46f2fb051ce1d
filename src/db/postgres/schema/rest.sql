-- Extensions. Their versions are those that the machine offers.
SELECT 'extension' AS kind, '' AS schema, e.extname AS root, '' AS name, n.nspname AS "in schema"
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace;

-- Publications, and what each publishes.
SELECT 'publication' AS kind, '' AS schema, p.pubname AS root, '' AS name,
       CASE WHEN p.puballtables THEN 'yes' END AS "all tables",
       concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                 CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS publishes
       , CASE WHEN p.pubviaroot THEN 'yes' END AS "via root" -- from 13
FROM {publications} p;

SELECT 'publication table' AS kind, '' AS schema, p.pubname AS root, r.prrelid::regclass::text AS name
       , pg_get_expr(r.prqual, r.prrelid) AS where -- from 15
       , (SELECT string_agg(a.attname, ', ' ORDER BY a.attname COLLATE "C") FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) AS columns -- from 15
FROM pg_publication_rel r JOIN {publications} p ON p.oid = r.prpubid;

SELECT 'publication schema' AS kind, '' AS schema, p.pubname AS root, n.nspname AS name FROM pg_publication_namespace r JOIN {publications} p ON p.oid = r.pnpubid JOIN pg_namespace n ON n.oid = r.pnnspid; -- from 15

-- Subscriptions. The connection is a secret, and only superusers could read it.
SELECT 'subscription' AS kind, '' AS schema, s.subname AS root, '' AS name,
       CASE WHEN NOT s.subenabled THEN 'no' END AS enabled, {sorted s.subpublications} AS publications, s.subslotname AS slot
FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());

-- Foreign data. Options hold passwords: only whether they are the same can be seen.
SELECT 'foreign data wrapper' AS kind, '' AS schema, w.fdwname AS root, '' AS name,
       CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regprocedure::text END AS handler,
       CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regprocedure::text END AS validator,
       {hashed w.fdwoptions} AS "hashed options"
FROM pg_foreign_data_wrapper w WHERE {own pg_foreign_data_wrapper w};

SELECT 'server' AS kind, '' AS schema, s.srvname AS root, '' AS name,
       w.fdwname AS wrapper, s.srvtype AS type, s.srvversion AS version, {hashed s.srvoptions} AS "hashed options"
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE {own pg_foreign_server s};

SELECT 'user mapping' AS kind, '' AS schema, u.srvname AS root, u.usename AS name FROM pg_user_mappings u;

-- Comments: of relations and their columns,
SELECT 'comment' AS kind, c.nspname AS schema, c.relname AS root,
       CASE WHEN d.objsubid = 0 THEN '' ELSE 'column ' || a.attname END AS name, d.description AS text
       , d.xmin AS written -- provenance
FROM pg_description d JOIN {relations} c ON c.oid = d.objoid
LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
WHERE d.classoid = 'pg_class'::regclass AND d.objoid >= 16384 AND c.relkind NOT IN ('i', 'I');

-- of what belongs to relations,
SELECT 'comment' AS kind, c.nspname AS schema, c.relname AS root, x.name, d.description AS text
       , d.written AS written -- provenance
FROM (SELECT d.classoid, d.objoid, d.description, d.xmin AS written FROM pg_description d WHERE d.objsubid = 0 AND d.objoid >= 16384
      OFFSET 0) d
CROSS JOIN LATERAL (
    SELECT i.indrelid AS relation, 'index ' || k.relname AS name FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid
    WHERE d.classoid = 'pg_class'::regclass AND i.indexrelid = d.objoid
    UNION ALL SELECT o.conrelid, 'constraint ' || o.conname FROM pg_constraint o
    WHERE d.classoid = 'pg_constraint'::regclass AND o.oid = d.objoid AND o.conrelid <> 0
    UNION ALL SELECT g.tgrelid, 'trigger ' || g.tgname FROM pg_trigger g WHERE d.classoid = 'pg_trigger'::regclass AND g.oid = d.objoid
    UNION ALL SELECT p.polrelid, 'policy ' || p.polname FROM pg_policy p WHERE d.classoid = 'pg_policy'::regclass AND p.oid = d.objoid
    UNION ALL SELECT r.ev_class, 'rule ' || r.rulename FROM pg_rewrite r
    WHERE d.classoid = 'pg_rewrite'::regclass AND r.oid = d.objoid) x
JOIN {relations} c ON c.oid = x.relation;

-- of types, functions and schemas,
SELECT 'comment' AS kind, n.nspname AS schema, x.root, x.name, d.description AS text
       , d.xmin AS written -- provenance
FROM (SELECT 'pg_type'::regclass AS class, t.oid, t.typnamespace AS space, t.typname AS root, '' AS name
      FROM pg_type t WHERE {own pg_type t}
      UNION ALL SELECT 'pg_constraint'::regclass, o.oid, t.typnamespace, t.typname, 'constraint ' || o.conname
      FROM pg_constraint o JOIN pg_type t ON t.oid = o.contypid WHERE {own pg_type t}
      UNION ALL SELECT 'pg_proc'::regclass, p.oid, p.pronamespace, {signature p}, '' FROM pg_proc p WHERE {own pg_proc p}
      UNION ALL SELECT 'pg_namespace'::regclass, s.oid, s.oid, '', '' FROM pg_namespace s
      UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid, s.stxnamespace, s.stxname, '' FROM pg_statistic_ext s
      UNION ALL SELECT 'pg_collation'::regclass, o.oid, o.collnamespace, o.collname, 'collation' FROM pg_collation o WHERE o.oid >= 16384
      UNION ALL SELECT 'pg_ts_config'::regclass, o.oid, o.cfgnamespace, o.cfgname, 'text search configuration' FROM pg_ts_config o WHERE o.oid >= 16384) x
JOIN {schemas} n ON n.oid = x.space
JOIN pg_description d ON d.classoid = x.class AND d.objoid = x.oid AND d.objsubid = 0
WHERE NOT (x.class = 'pg_namespace'::regclass AND n.nspname = 'public' AND d.description = 'standard public schema');

-- of what belongs to no schema. An extension brings its own.
SELECT 'comment' AS kind, '' AS schema, x.root, '' AS name, d.description AS text
       , d.xmin AS written -- provenance
FROM (SELECT 'pg_event_trigger'::regclass AS class, e.oid, e.evtname AS root FROM pg_event_trigger e
      UNION ALL SELECT 'pg_publication'::regclass, p.oid, p.pubname FROM {publications} p
      UNION ALL SELECT 'pg_foreign_server'::regclass, s.oid, s.srvname FROM pg_foreign_server s) x
JOIN pg_description d ON d.classoid = x.class AND d.objoid = x.oid;

-- of what is rarer still,
SELECT 'comment' AS kind, '' AS schema, o.type || ' ' || o.identity AS root, '' AS name, d.description AS text
       , d.xmin AS written -- provenance
FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, 0) o
WHERE d.objoid >= 16384 AND d.objsubid = 0 AND d.classoid = ANY (ARRAY['pg_operator', 'pg_opclass', 'pg_opfamily', 'pg_cast', 'pg_language', 'pg_conversion',
    'pg_ts_dict', 'pg_ts_parser', 'pg_ts_template', 'pg_transform', 'pg_am', 'pg_foreign_data_wrapper']::regclass[]::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e');

-- Kinds that are so rare that being there is all that is said of them. A transform was "on" its language up to version 17.
SELECT 'other object' AS kind, '' AS schema, o.type || ' ' || replace(o.identity, ' on language ', ' language ') AS root, '' AS name
FROM (SELECT 'pg_transform'::regclass AS class, t.oid FROM pg_transform t UNION ALL SELECT 'pg_am'::regclass, t.oid FROM pg_am t
      UNION ALL SELECT 'pg_ts_parser'::regclass, t.oid FROM pg_ts_parser t UNION ALL SELECT 'pg_ts_template'::regclass, t.oid FROM pg_ts_template t) k
CROSS JOIN LATERAL pg_identify_object(k.class, k.oid, 0) o
WHERE k.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = k.class AND d.objid = k.oid AND d.deptype = 'e');

-- What is of a kind that no question here asks for: later versions have more of them. Whatever is made depends on something.
SELECT 'not examined' AS kind, '' AS schema, format('%s objects in %s', count(DISTINCT d.objid), d.classid::regclass) AS root, '' AS name
FROM pg_depend d WHERE d.objid >= 16384 AND d.classid <> ALL (ARRAY['pg_class', 'pg_type', 'pg_constraint', 'pg_attrdef', 'pg_trigger',
    'pg_rewrite', 'pg_proc', 'pg_policy', 'pg_enum', 'pg_namespace', 'pg_extension', 'pg_statistic_ext', 'pg_publication', 'pg_publication_rel',
    'pg_collation', 'pg_conversion', 'pg_operator', 'pg_opclass', 'pg_opfamily', 'pg_amop', 'pg_amproc', 'pg_cast', 'pg_language',
    'pg_event_trigger', 'pg_ts_config', 'pg_ts_dict', 'pg_ts_parser', 'pg_ts_template', 'pg_transform', 'pg_am', 'pg_default_acl',
    'pg_foreign_data_wrapper', 'pg_foreign_server', 'pg_user_mapping', 'pg_largeobject', 'pg_largeobject_metadata']::regclass[]::oid[])
    AND d.classid::regclass::text <> ALL (ARRAY['pg_publication_namespace', 'pg_subscription', 'pg_subscription_rel'])
    AND d.deptype <> 'e' GROUP BY d.classid;
