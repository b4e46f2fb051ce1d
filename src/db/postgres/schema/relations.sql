-- Schemas.
SELECT 'schema' AS kind, n.nspname AS schema, '' AS root, '' AS name FROM {schemas} n;

-- Tables, views and what is like them.
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
       c.nspname AS schema, c.relname AS root, '' AS name,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,
       concat_ws(' ', c.xmin, (SELECT r.xmin FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename = '_RETURN')) AS written, c.oid AS number, -- provenance
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partition by",
       (SELECT nullif(m.amname, 'heap') FROM pg_am m WHERE m.oid = c.relam) AS "access method",
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace) AS tablespace,
       CASE WHEN c.relrowsecurity THEN 'enabled' END AS "row security",
       CASE WHEN c.relforcerowsecurity THEN 'yes' END AS "row security forced",
       CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END AS "replica identity",
       CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS "of type",
       (SELECT s.srvname FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) AS server,
       (SELECT {hashed f.ftoptions} FROM pg_foreign_table f WHERE f.ftrelid = c.oid) AS "hashed options"
FROM {relations} c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f');

-- Storage parameters, each by itself; those of the TOAST table with its prefix.
SELECT 'option' AS kind, c.nspname AS schema, c.relname AS root, split_part(o.option, '=', 1) AS name,
       concat_ws(' ', c.xmin, t.xmin) AS written, -- provenance
       substr(o.option, strpos(o.option, '=') + 1) AS value
FROM {relations} c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
CROSS JOIN LATERAL (SELECT unnest(c.reloptions) UNION ALL SELECT 'toast.' || unnest(t.reloptions)) o (option)
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL);

-- Partitions and heirs.
SELECT CASE WHEN c.relispartition THEN 'partition' ELSE 'inheritance' END AS kind, c.nspname AS schema, c.relname AS root,
       CASE WHEN c.relispartition THEN '' ELSE i.inhparent::regclass::text END AS name,
       concat_ws(' ', i.xmin, c.xmin) AS written, -- provenance
       CASE WHEN c.relispartition THEN i.inhparent::regclass::text END AS parent,
       pg_get_expr(c.relpartbound, c.oid) AS bound
FROM pg_inherits i JOIN {relations} c ON c.oid = i.inhrelid WHERE c.relkind IN ('r', 'p', 'f');

-- Columns. Those of a view follow from its definition, but for what ALTER VIEW gives them. Among the options, 15.20 (and its
-- siblings of November 2026) keeps for itself where in the log the column was last changed: another place in every database. A default
-- that is NULL is none, but for a domain: a dump writes it where a partition lacks its parent's. Since 17 a partition has its parent's identity.
SELECT CASE c.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END AS kind,
       c.nspname AS schema, c.relname AS root, a.attname AS name,
       concat_ws(' ', a.xmin, d.xmin) AS written, -- provenance
       format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attcollation <> t.typcollation THEN
           (SELECT format('%I.%I', n.nspname, o.collname) FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace
            WHERE o.oid = a.attcollation) END AS collation,
       CASE WHEN a.attnotnull THEN 'yes' END AS "not null",
       CASE WHEN a.attgenerated <> '' THEN NULL WHEN t.typtype = 'd' THEN pg_get_expr(d.adbin, d.adrelid)
            ELSE nullif(regexp_replace(pg_get_expr(d.adbin, d.adrelid), '^NULL::.*', ''), '') END AS "default",
       CASE a.attgenerated WHEN 's' THEN 'stored ' WHEN 'v' THEN 'virtual ' END || pg_get_expr(d.adbin, d.adrelid) AS generated,
       CASE CASE WHEN NOT c.relispartition THEN a.attidentity END WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
       CASE WHEN a.attstorage <> t.typstorage THEN
           CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END AS storage,
       CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, -- from 14
       nullif(a.attstattarget, -1) AS statistics,
       CASE WHEN a.attoptions IS NOT NULL THEN
           (SELECT string_agg(x, ', ' ORDER BY x COLLATE "C") FROM unnest(a.attoptions) x WHERE left(x, 10) <> 'pg_attver=') END AS options,
       {hashed a.attfdwoptions} AS "hashed options"
FROM {relations} c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'c') OR (c.relkind = 'v' AND a.atthasdef);

-- Constraints of tables. What a partition has from its parent is the parent's. That a column is not null is said of the column:
-- since version 18 there is a constraint for it, whose name depends on its history.
SELECT CASE o.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint' WHEN 'f' THEN 'foreign key'
                      WHEN 'x' THEN 'exclusion constraint' ELSE 'check' END AS kind,
       c.nspname AS schema, c.relname AS root, o.conname AS name,
       o.xmin AS written, o.oid AS number, -- provenance
       pg_get_constraintdef(o.oid) AS definition,
       {sorted x.reloptions} AS options,
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = x.reltablespace) AS tablespace,
       CASE WHEN i.indisclustered THEN 'yes' END AS clustered,
       CASE WHEN i.indisreplident THEN 'yes' END AS "replica identity",
       CASE WHEN o.contype = 'f' THEN
           (SELECT string_agg(DISTINCT g.tgenabled::text, '') FROM pg_trigger g
            WHERE g.tgconstraint = o.oid AND g.tgisinternal AND g.tgenabled <> 'O') END AS "triggers that are not enabled as usual"
FROM pg_constraint o JOIN {relations} c ON c.oid = o.conrelid
LEFT JOIN pg_class x ON o.contype IN ('p', 'u', 'x') AND x.oid = o.conindid
LEFT JOIN pg_index i ON i.indexrelid = x.oid
WHERE o.contype IN ('p', 'u', 'f', 'x', 'c') AND o.conparentid = 0 AND (o.conislocal OR o.coninhcount = 0);

-- Indexes that no constraint stands for. An index of a partitioned table is invalid as long as a partition lacks it.
SELECT 'index' AS kind, c.nspname AS schema, c.relname AS root, x.relname AS name,
       concat_ws(' ', i.xmin, x.xmin) AS written, x.oid AS number, -- provenance
       pg_get_indexdef(i.indexrelid) AS definition,
       CASE WHEN x.relkind = 'i' AND NOT i.indisvalid THEN 'yes' END AS invalid,
       CASE WHEN i.indisclustered THEN 'yes' END AS clustered,
       CASE WHEN i.indisreplident THEN 'yes' END AS "replica identity",
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = x.reltablespace) AS tablespace,
       (SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = x.oid) AS parent,
       (SELECT string_agg(a.attnum || ' ' || a.attstattarget, ', ' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = x.oid AND a.attstattarget <> -1) AS statistics
FROM pg_index i JOIN {relations} c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE {own pg_class x}
  AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'));

-- Sequences: those of identity columns belong to their columns, which make and drop them.
SELECT CASE d.deptype WHEN 'i' THEN 'identity sequence' ELSE 'sequence' END AS kind,
       CASE d.deptype WHEN 'i' THEN n.nspname ELSE c.nspname END AS schema,
       CASE d.deptype WHEN 'i' THEN t.relname ELSE c.relname END AS root,
       CASE d.deptype WHEN 'i' THEN a.attname ELSE '' END AS name,
       concat_ws(' ', c.xmin, s.xmin) AS written, c.oid AS number, -- provenance
       CASE d.deptype WHEN 'i' THEN c.oid::regclass::text END AS called,
       format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minimum,
       s.seqmax AS maximum, s.seqcache AS cache, CASE WHEN s.seqcycle THEN 'yes' END AS cycle,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
       CASE d.deptype WHEN 'a' THEN format('%s.%I', t.oid::regclass, a.attname) END AS "owned by"
FROM {relations} c JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
      AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid
LEFT JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S';

-- Triggers.
SELECT 'trigger' AS kind, c.nspname AS schema, c.relname AS root, g.tgname AS name,
       g.xmin AS written, g.oid AS number, -- provenance
       pg_get_triggerdef(g.oid) AS definition,
       CASE g.tgenabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END AS fires
FROM pg_trigger g JOIN {relations} c ON c.oid = g.tgrelid
WHERE NOT g.tgisinternal AND {own pg_trigger g};

-- Rules.
SELECT 'rule' AS kind, c.nspname AS schema, c.relname AS root, r.rulename AS name,
       r.xmin AS written, r.oid AS number, -- provenance
       pg_get_ruledef(r.oid) AS definition,
       CASE r.ev_enabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END AS fires
FROM pg_rewrite r JOIN {relations} c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN';

-- Row security.
SELECT 'policy' AS kind, c.nspname AS schema, c.relname AS root, p.polname AS name,
       p.xmin AS written, p.oid AS number, -- provenance
       CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END AS command,
       CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END AS combination,
       (SELECT string_agg(coalesce(r.rolname, 'public'), ', ' ORDER BY r.rolname COLLATE "C")
        FROM unnest(p.polroles) m (oid) LEFT JOIN pg_roles r ON r.oid = m.oid) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS using,
       pg_get_expr(p.polwithcheck, p.polrelid) AS "with check"
FROM pg_policy p JOIN {relations} c ON c.oid = p.polrelid;

-- Extended statistics.
SELECT 'statistics' AS kind, n.nspname AS schema, s.stxname AS root, '' AS name,
       s.xmin AS written, s.oid AS number, -- provenance
       pg_get_statisticsobjdef(s.oid) AS definition
       , nullif(s.stxstattarget, -1) AS statistics -- from 13
FROM pg_statistic_ext s JOIN {schemas} n ON n.oid = s.stxnamespace WHERE {own pg_statistic_ext s};
