SELECT
    t.typname::text AS name,
    t.typtype = 'e' AS is_enumeration,
    ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
    format_type(t.typbasetype, t.typtypmod) AS type_name,
    CASE WHEN t.typcollation <> base.typcollation THEN t.typcollation::regcollation::text END AS collation,
    NOT t.typnotnull AS nullable,
    pg_get_expr(t.typdefaultbin, 0) AS default_sql
FROM pg_catalog.pg_type t
LEFT JOIN pg_catalog.pg_type base ON base.oid = t.typbasetype
WHERE t.typnamespace = $1::oid
    AND t.typtype IN ('e', 'd')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
    )
