-- The number of the next transaction: those that wrote the rows are counted from it.
SELECT '' AS kind, '' AS schema, '' AS root, txid_snapshot_xmax(txid_current_snapshot()) AS name;

-- Columns that were dropped: their rows stay as long as the table.
SELECT '' AS kind, c.nspname AS schema, c.relname AS root, string_agg(a.xmin::text, ' ') AS name
FROM {relations} c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped GROUP BY 2, 3;

-- Numbers that no object has: each object gets the next when it is made, and keeps it.
SELECT '' AS kind, '' AS schema, o.before + 1 AS root, o.oid - 1 AS name
FROM (SELECT x.oid, lag(x.oid) OVER (ORDER BY x.oid) AS before
      FROM (SELECT oid::bigint AS oid FROM pg_class UNION ALL SELECT oid::bigint FROM pg_type
            UNION ALL SELECT oid::bigint FROM pg_constraint UNION ALL SELECT oid::bigint FROM pg_attrdef
            UNION ALL SELECT oid::bigint FROM pg_trigger UNION ALL SELECT oid::bigint FROM pg_rewrite
            UNION ALL SELECT oid::bigint FROM pg_proc UNION ALL SELECT oid::bigint FROM pg_policy
            UNION ALL SELECT oid::bigint FROM pg_enum UNION ALL SELECT oid::bigint FROM pg_namespace
            UNION ALL SELECT oid::bigint FROM pg_extension UNION ALL SELECT oid::bigint FROM pg_statistic_ext
            UNION ALL SELECT oid::bigint FROM pg_publication UNION ALL SELECT oid::bigint FROM pg_publication_rel
            UNION ALL SELECT oid::bigint FROM pg_collation UNION ALL SELECT oid::bigint FROM pg_operator
            UNION ALL SELECT oid::bigint FROM pg_opclass UNION ALL SELECT oid::bigint FROM pg_opfamily
            UNION ALL SELECT oid::bigint FROM pg_amop UNION ALL SELECT oid::bigint FROM pg_amproc
            UNION ALL SELECT oid::bigint FROM pg_cast UNION ALL SELECT oid::bigint FROM pg_event_trigger) x
      WHERE x.oid >= 16384) o
WHERE o.oid > o.before + 1;
