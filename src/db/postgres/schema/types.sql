-- Enumerations, domains, composite, range and base types. The row types of tables belong to the tables, arrays and
-- multiranges to their types, and are named where they have not the name that they get by themselves. `OFFSET 0`: few of many types are left, and there is no index of the types of a schema.
SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' WHEN 'r' THEN 'range type'
                      ELSE 'base type' END AS kind,
       n.nspname AS schema, t.typname AS root, '' AS name,
       t.xmin AS written, t.oid AS number, -- provenance
       CASE WHEN t.typtype = 'e' THEN
           (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e
            WHERE e.enumtypid = t.oid) END AS "order",
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS type,
       CASE WHEN t.typtype = 'd' AND t.typnotnull THEN 'yes' END AS "not null",
       CASE WHEN t.typtype = 'd' THEN t.typdefault END AS "default",
       CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN
           (SELECT format('%I.%I', cn.nspname, o.collname) FROM pg_collation o JOIN pg_namespace cn ON cn.oid = o.collnamespace
            WHERE o.oid = t.typcollation) END AS collation,
       format_type(r.rngsubtype, NULL) AS subtype,
       (SELECT format('%I.%I', xn.nspname, x.opcname) FROM pg_opclass x JOIN pg_namespace xn ON xn.oid = x.opcnamespace
        WHERE x.oid = r.rngsubopc) AS "operator class",
       CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::oid::regprocedure::text END AS canonical,
       CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::oid::regprocedure::text END AS difference,
       nullif(format_type(r.rngmultitypid, NULL), format('%I.%I', n.nspname, CASE WHEN t.typname LIKE '%range%' -- from 14
              THEN regexp_replace(t.typname, 'range', 'multirange') ELSE t.typname || '_multirange' END)) AS multirange, -- from 14
       CASE WHEN r.rngcollation <> 0 THEN
           (SELECT format('%I.%I', cn.nspname, o.collname) FROM pg_collation o JOIN pg_namespace cn ON cn.oid = o.collnamespace
            WHERE o.oid = r.rngcollation) END AS "range collation",
       CASE WHEN t.typtype = 'b' THEN concat_ws(' ', t.typinput, t.typoutput, t.typlen, t.typalign, t.typstorage, t.typbyval,
                                                t.typcategory, t.typispreferred, t.typdefault) END AS definition
FROM (SELECT t.*, t.xmin FROM pg_type t WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'b' AND t.typelem = 0)
      OR (t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))) OFFSET 0) t
JOIN {schemas} n ON n.oid = t.typnamespace
LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_range r ON r.rngtypid = t.oid
WHERE {own pg_type t};

-- Labels, each by itself. Their order is said of the type.
SELECT 'enum label' AS kind, n.nspname AS schema, t.typname AS root, e.enumlabel AS name
       , e.xmin AS written, e.oid AS number -- provenance
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN {schemas} n ON n.oid = t.typnamespace WHERE {own pg_type t};

-- Constraints of domains.
SELECT 'check' AS kind, n.nspname AS schema, t.typname AS root, o.conname AS name, pg_get_constraintdef(o.oid) AS definition
       , o.xmin AS written, o.oid AS number -- provenance
FROM pg_constraint o JOIN pg_type t ON t.oid = o.contypid JOIN {schemas} n ON n.oid = t.typnamespace
WHERE o.contype = 'c' AND {own pg_type t};

-- Collations. The columns that hold the locale have had other names.
SELECT 'collation' AS kind, n.nspname AS schema, o.collname AS root, '' AS name,
       o.collprovider AS provider, CASE WHEN NOT o.collisdeterministic THEN 'no' END AS deterministic,
       concat_ws(' ', to_jsonb(o) ->> 'colllocale', to_jsonb(o) ->> 'colliculocale', o.collcollate,
                 nullif(o.collctype, o.collcollate)) AS locale,
       to_jsonb(o) ->> 'collicurules' AS rules
FROM pg_collation o JOIN {schemas} n ON n.oid = o.collnamespace WHERE {own pg_collation o};

-- Conversions.
SELECT 'conversion' AS kind, n.nspname AS schema, o.conname AS root, '' AS name,
       pg_encoding_to_char(o.conforencoding) AS "from", pg_encoding_to_char(o.contoencoding) AS "to",
       o.conproc::oid::regprocedure::text AS function, CASE WHEN o.condefault THEN 'yes' END AS "default"
FROM pg_conversion o JOIN {schemas} n ON n.oid = o.connamespace WHERE {own pg_conversion o};

-- Text search.
SELECT 'text search configuration' AS kind, n.nspname AS schema, o.cfgname AS root, '' AS name,
       (SELECT format('%I.%I', pn.nspname, p.prsname) FROM pg_ts_parser p JOIN pg_namespace pn ON pn.oid = p.prsnamespace
        WHERE p.oid = o.cfgparser) AS parser
FROM pg_ts_config o JOIN {schemas} n ON n.oid = o.cfgnamespace WHERE {own pg_ts_config o};

SELECT 'text search mapping' AS kind, n.nspname AS schema, o.cfgname AS root,
       (SELECT k.alias FROM ts_token_type(o.cfgparser) k WHERE k.tokid = m.maptokentype) AS name,
       string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
FROM pg_ts_config_map m JOIN pg_ts_config o ON o.oid = m.mapcfg JOIN {schemas} n ON n.oid = o.cfgnamespace
WHERE {own pg_ts_config o} GROUP BY n.nspname, o.cfgname, o.cfgparser, m.maptokentype;

SELECT 'text search dictionary' AS kind, n.nspname AS schema, o.dictname AS root, '' AS name,
       (SELECT format('%I.%I', tn.nspname, t.tmplname) FROM pg_ts_template t JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
        WHERE t.oid = o.dicttemplate) AS template, o.dictinitoption AS options
FROM pg_ts_dict o JOIN {schemas} n ON n.oid = o.dictnamespace WHERE {own pg_ts_dict o};
