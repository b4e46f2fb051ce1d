-- Functions and procedures.
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       n.nspname AS schema, {signature p} AS root, '' AS name,
       p.xmin AS written, p.oid AS number, -- provenance
       pg_get_function_arguments(p.oid) AS arguments,
       pg_get_function_result(p.oid) AS returns,
       l.lanname AS language,
       p.prosrc AS body, -- before 14
       coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) AS body, -- from 14
       p.probin AS library,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END AS volatility,
       CASE WHEN p.proisstrict THEN 'yes' END AS strict,
       CASE WHEN p.prosecdef THEN 'definer' END AS security,
       CASE WHEN p.proleakproof THEN 'yes' END AS leakproof,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS parallel,
       CASE WHEN p.prokind = 'w' THEN 'yes' END AS window,
       p.procost AS cost, nullif(p.prorows, 0) AS rows,
       {sorted p.proconfig} AS settings,
       CASE WHEN p.prosupport <> 0 THEN p.prosupport::text END AS support,
       (SELECT string_agg(format_type(y, NULL), ', ' ORDER BY k) FROM unnest(p.protrftypes) WITH ORDINALITY u (y, k)) AS transforms
FROM pg_proc p JOIN {schemas} n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind <> 'a' AND {own pg_proc p}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i');

-- Aggregates.
SELECT 'aggregate' AS kind, n.nspname AS schema, {signature p} AS root, '' AS name,
       concat_ws(' ', p.xmin, a.xmin) AS written, p.oid AS number, -- provenance
       pg_get_function_arguments(p.oid) AS arguments,
       pg_get_function_result(p.oid) AS returns,
       a.aggkind AS sort, a.aggnumdirectargs AS "direct arguments",
       a.aggtransfn::regprocedure::text AS transition, format_type(a.aggtranstype, NULL) AS state,
       nullif(a.aggtransspace, 0) AS space, a.agginitval AS "initial value",
       CASE WHEN a.aggfinalfn <> 0 THEN a.aggfinalfn::regprocedure::text END AS final,
       CASE WHEN a.aggfinalextra THEN 'yes' END AS "final extra", a.aggfinalmodify AS "final modifies",
       CASE WHEN a.aggcombinefn <> 0 THEN a.aggcombinefn::regprocedure::text END AS combine,
       CASE WHEN a.aggserialfn <> 0 THEN a.aggserialfn::regprocedure::text END AS serialize,
       CASE WHEN a.aggdeserialfn <> 0 THEN a.aggdeserialfn::regprocedure::text END AS deserialize,
       CASE WHEN a.aggmtransfn <> 0 THEN a.aggmtransfn::regprocedure::text END AS "moving transition",
       CASE WHEN a.aggminvtransfn <> 0 THEN a.aggminvtransfn::regprocedure::text END AS "moving inverse",
       CASE WHEN a.aggmfinalfn <> 0 THEN a.aggmfinalfn::regprocedure::text END AS "moving final",
       CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END AS "moving state",
       a.aggminitval AS "moving initial value",
       CASE WHEN a.aggsortop <> 0 THEN a.aggsortop::regoperator::text END AS "sort operator",
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS parallel
FROM pg_proc p JOIN {schemas} n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE {own pg_proc p};

-- Operators.
SELECT 'operator' AS kind, n.nspname AS schema,
       format('%s(%s, %s)', o.oprname, CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE 'none' END,
              CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) ELSE 'none' END) AS root, '' AS name,
       o.oprcode::oid::regprocedure::text AS function, format_type(o.oprresult, NULL) AS returns,
       CASE WHEN o.oprcom <> 0 THEN o.oprcom::regoperator::text END AS commutator,
       CASE WHEN o.oprnegate <> 0 THEN o.oprnegate::regoperator::text END AS negator,
       CASE WHEN o.oprcanhash THEN 'yes' END AS hashes, CASE WHEN o.oprcanmerge THEN 'yes' END AS merges,
       CASE WHEN o.oprrest <> 0 THEN o.oprrest::oid::regprocedure::text END AS restrict,
       CASE WHEN o.oprjoin <> 0 THEN o.oprjoin::oid::regprocedure::text END AS join
FROM pg_operator o JOIN {schemas} n ON n.oid = o.oprnamespace WHERE {own pg_operator o};

-- Operator classes and families, with their members.
SELECT 'operator class' AS kind, n.nspname AS schema, format('%s using %s', o.opcname, m.amname) AS root, '' AS name,
       format_type(o.opcintype, NULL) AS type, CASE WHEN o.opcdefault THEN 'yes' END AS "default",
       CASE WHEN o.opckeytype <> 0 THEN format_type(o.opckeytype, NULL) END AS storage, f.opfname AS family
FROM pg_opclass o JOIN {schemas} n ON n.oid = o.opcnamespace JOIN pg_am m ON m.oid = o.opcmethod
JOIN pg_opfamily f ON f.oid = o.opcfamily WHERE {own pg_opclass o};

SELECT 'operator family' AS kind, n.nspname AS schema, format('%s using %s', f.opfname, m.amname) AS root, '' AS name,
       (SELECT string_agg(format('%s %s %s', a.amopstrategy, a.amopopr::regoperator, a.amoppurpose), ', '
                          ORDER BY a.amopstrategy, a.amopopr::regoperator::text COLLATE "C")
        FROM pg_amop a WHERE a.amopfamily = f.oid) AS operators,
       (SELECT string_agg(format('%s %s', a.amprocnum, a.amproc::oid::regprocedure), ', '
                          ORDER BY a.amprocnum, a.amproc::oid::regprocedure::text COLLATE "C")
        FROM pg_amproc a WHERE a.amprocfamily = f.oid) AS functions
FROM pg_opfamily f JOIN {schemas} n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod WHERE {own pg_opfamily f};

-- Casts that somebody made.
SELECT 'cast' AS kind, '' AS schema, format('%s as %s', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)) AS root,
       '' AS name, CASE WHEN k.castfunc <> 0 THEN k.castfunc::regprocedure::text END AS function,
       k.castcontext AS context, k.castmethod AS method
FROM pg_cast k WHERE {own pg_cast k}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = k.oid AND d.deptype = 'i');

-- Languages that somebody made.
SELECT 'language' AS kind, '' AS schema, l.lanname AS root, '' AS name,
       CASE WHEN l.lanplcallfoid <> 0 THEN l.lanplcallfoid::regprocedure::text END AS handler,
       CASE WHEN l.lanpltrusted THEN 'yes' END AS trusted
FROM pg_language l WHERE {own pg_language l};

-- Event triggers. Those that call a platform's functions are the platform's.
SELECT 'event trigger' AS kind, '' AS schema, e.evtname AS root, '' AS name,
       e.evtevent AS event, {sorted e.evttags} AS tags, e.evtfoid::regprocedure::text AS function,
       CASE e.evtenabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END AS fires
FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid JOIN {schemas} n ON n.oid = p.pronamespace
WHERE {own pg_event_trigger e};
