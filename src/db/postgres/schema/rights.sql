-- Whom most belongs to: who runs the migrations here.
SELECT 'main owner' AS kind, '' AS schema, r.rolname AS root, '' AS name FROM pg_roles r WHERE r.oid::text = current_setting('guard.owner');

-- What belongs to somebody else. `OFFSET 0`: what is rare is found first, and not looked for in each schema. The functions that a range type brings belong to whoever made the server.
SELECT 'owner' AS kind, o.schema, o.root, 'owner' AS name, r.rolname AS role
FROM (SELECT c.nspname AS schema, c.relname AS root, c.relowner AS owner FROM {relations} c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      UNION ALL SELECT n.nspname, {signature p}, p.proowner FROM pg_proc p JOIN {schemas} n ON n.oid = p.pronamespace WHERE {own pg_proc p}
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
      UNION ALL SELECT n.nspname, t.typname, t.typowner FROM (SELECT t.* FROM pg_type t WHERE t.typtype IN ('e', 'd', 'r')
                    OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c') OFFSET 0) t
                JOIN {schemas} n ON n.oid = t.typnamespace WHERE {own pg_type t}
      UNION ALL SELECT n.nspname, '', s.nspowner FROM pg_namespace s JOIN {schemas} n ON n.oid = s.oid WHERE n.nspname <> 'public'
      UNION ALL SELECT '', p.pubname, p.pubowner FROM {publications} p
      UNION ALL SELECT n.nspname, s.stxname, s.stxowner FROM pg_statistic_ext s JOIN {schemas} n ON n.oid = s.stxnamespace WHERE {own pg_statistic_ext s}
      UNION ALL SELECT n.nspname, k.collname, k.collowner FROM pg_collation k JOIN {schemas} n ON n.oid = k.collnamespace WHERE {own pg_collation k}
      UNION ALL SELECT n.nspname, k.cfgname, k.cfgowner FROM pg_ts_config k JOIN {schemas} n ON n.oid = k.cfgnamespace WHERE {own pg_ts_config k}
      UNION ALL SELECT '', f.srvname, f.srvowner FROM pg_foreign_server f WHERE {own pg_foreign_server f}
      UNION ALL SELECT '', e.evtname, e.evtowner FROM pg_event_trigger e WHERE {own pg_event_trigger e}) o
JOIN pg_roles r ON r.oid = o.owner WHERE o.owner::text <> current_setting('guard.owner');

-- Rights, but those of the owner himself, and those that everybody has from the beginning. MAINTAIN is new in 17, and in ALL. Whoever provides
-- a database gives rights on it and on its first schema: those are kinds of their own, and what everybody has of them is the version's.
SELECT 'right' AS kind, x.schema, x.root, x.part || 'to ' || coalesce(r.rolname, 'PUBLIC') AS name, coalesce(r.rolname, 'PUBLIC') AS role, x.what AS of,
       string_agg(DISTINCT (x.a).privilege_type || CASE WHEN (x.a).is_grantable THEN ' with grant option' ELSE '' END, ', ') AS privileges
FROM (SELECT c.nspname AS schema, c.relname AS root, '' AS part, CASE c.relkind WHEN 'S' THEN 'sequences' ELSE 'tables' END AS what,
             c.relowner AS owner, aclexplode(c.relacl) AS a FROM {relations} c WHERE c.relacl IS NOT NULL
      UNION ALL SELECT c.nspname, c.relname, 'column ' || t.attname || ' ', 'tables', c.relowner, aclexplode(t.attacl)
                FROM (SELECT t.* FROM pg_attribute t WHERE t.attacl IS NOT NULL AND NOT t.attisdropped OFFSET 0) t
                JOIN {relations} c ON c.oid = t.attrelid
      UNION ALL SELECT n.nspname, {signature p}, '', 'functions', p.proowner, aclexplode(p.proacl)
                FROM pg_proc p JOIN {schemas} n ON n.oid = p.pronamespace WHERE p.proacl IS NOT NULL AND {own pg_proc p}
      UNION ALL SELECT n.nspname, t.typname, '', 'types', t.typowner, aclexplode(t.typacl)
                FROM (SELECT t.* FROM pg_type t WHERE t.typacl IS NOT NULL OFFSET 0) t
                JOIN {schemas} n ON n.oid = t.typnamespace WHERE {own pg_type t}
      UNION ALL SELECT n.nspname, '', '', 'schemas', s.nspowner, aclexplode(s.nspacl)
                FROM pg_namespace s JOIN {schemas} n ON n.oid = s.oid WHERE s.nspacl IS NOT NULL AND n.nspname <> 'public'
      UNION ALL SELECT s.nspname, '', '', 'schema public', s.nspowner, aclexplode(s.nspacl) FROM pg_namespace s WHERE s.nspname = 'public'
      UNION ALL SELECT '', 'database', '', 'database', d.datdba, aclexplode(d.datacl) FROM pg_database d WHERE d.datname = current_database()
      UNION ALL SELECT '', l.lanname, '', 'languages', l.lanowner, aclexplode(l.lanacl) FROM pg_language l
      UNION ALL SELECT '', f.srvname, '', 'servers', f.srvowner, aclexplode(f.srvacl) FROM pg_foreign_server f
      UNION ALL SELECT '', w.fdwname, '', 'foreign data wrappers', w.fdwowner, aclexplode(w.fdwacl) FROM pg_foreign_data_wrapper w) x
LEFT JOIN pg_roles r ON r.oid = (x.a).grantee
WHERE (x.a).grantee <> x.owner AND (x.a).privilege_type <> 'MAINTAIN' AND ((x.a).grantee <> 0 OR x.what NOT IN ('functions', 'types', 'schema public', 'database', 'languages'))
GROUP BY x.schema, x.root, x.part, x.what, r.rolname;

-- What everybody has from the beginning, and somebody took away.
SELECT 'right' AS kind, n.nspname AS schema, {signature p} AS root, 'to PUBLIC' AS name, 'PUBLIC' AS role, 'functions' AS of, 'none' AS privileges
FROM pg_proc p JOIN {schemas} n ON n.oid = p.pronamespace
WHERE p.proacl IS NOT NULL AND {own pg_proc p} AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0);

-- Rights that objects will have when they are made.
SELECT 'default privileges' AS kind, coalesce(n.nspname, '') AS schema, '' AS root,
       format('%son %s to %s', CASE WHEN o.oid::text <> current_setting('guard.owner') THEN 'for ' || o.rolname || ' ' END, w.what, coalesce(r.rolname, 'PUBLIC')) AS name, coalesce(r.rolname, 'PUBLIC') AS role, w.what AS of,
       string_agg(DISTINCT a.privilege_type || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END, ', ') AS privileges
FROM pg_default_acl d JOIN pg_roles o ON o.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL (SELECT CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
                                                ELSE 'schemas' END AS what) w
CROSS JOIN LATERAL aclexplode(d.defaclacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> d.defaclrole AND a.privilege_type <> 'MAINTAIN'
GROUP BY n.nspname, o.oid, o.rolname, w.what, r.rolname;

-- Settings of the database, and of roles in it.
SELECT 'setting' AS kind, '' AS schema, split_part(x, '=', 1) AS root, coalesce('for ' || r.rolname, '') AS name, substr(x, strpos(x, '=') + 1) AS value
FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole CROSS JOIN LATERAL unnest(s.setconfig) x
WHERE s.setdatabase = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());

-- Labels of security modules.
SELECT 'security label' AS kind, '' AS schema, o.type || ' ' || o.identity AS root, l.provider AS name, l.label AS text
FROM pg_seclabel l CROSS JOIN LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) o
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = l.classoid AND d.objid = l.objoid AND d.deptype = 'e');
