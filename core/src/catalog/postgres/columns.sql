SELECT
    c.relname::text AS relation,
    a.attname::text AS name,
    format_type(a.atttypid, a.atttypmod) AS type_name,
    (
        WITH RECURSIVE base AS (
            SELECT t.typname, t.typnamespace, t.typtype, t.typbasetype
            UNION ALL
            SELECT b.typname, b.typnamespace, b.typtype, b.typbasetype
            FROM base JOIN pg_catalog.pg_type b ON base.typtype = 'd' AND b.oid = base.typbasetype
        )
        SELECT base.typname::text FROM base WHERE base.typtype <> 'd' AND base.typnamespace = 'pg_catalog'::regnamespace
    ) AS built_in_type,
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation,
    NOT a.attnotnull AS nullable,
    pg_get_expr(e.adbin, e.adrelid) AS default_sql,
    a.attidentity::text AS identity,
    a.attgenerated::text AS generated,
    EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
            AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a'
            AND pg_get_expr(e.adbin, e.adrelid) = format('nextval(%L::regclass)', d.objid::regclass)
    ) AS is_serial,
    col_description(a.attrelid, a.attnum) AS comment
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
WHERE c.relnamespace = $1::oid AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
