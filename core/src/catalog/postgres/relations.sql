SELECT
    c.relname::text,
    c.relkind IN ('v', 'm') AS is_view,
    c.relkind = 'm' AS is_materialized,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,
    nullif(concat_ws(' ',
        CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
        'INHERITS (' || (
            SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
            FROM pg_catalog.pg_inherits i
            WHERE i.inhrelid = c.oid AND NOT c.relispartition
        ) || ')',
        'PARTITION BY ' || pg_get_partkeydef(c.oid),
        'USING ' || (SELECT quote_ident(am.amname) FROM pg_catalog.pg_am am WHERE am.oid = c.relam AND am.amname <> 'heap'),
        'WITH (' || (SELECT string_agg(format('%s=%L', option_name, option_value), ', ') FROM pg_options_to_table(c.reloptions)) || ')'
    ), '') AS options,
    CASE WHEN parent.relnamespace <> c.relnamespace THEN parent_schema.nspname || '.' ELSE '' END || parent.relname AS parent,
    pg_get_expr(c.relpartbound, c.oid) AS bound,
    obj_description(c.oid, 'pg_class') AS comment
FROM pg_catalog.pg_class c
LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
LEFT JOIN pg_catalog.pg_class parent ON parent.oid = i.inhparent
LEFT JOIN pg_catalog.pg_namespace parent_schema ON parent_schema.oid = parent.relnamespace
WHERE c.relnamespace = $1::oid
    AND c.relkind IN ('r', 'p', 'v', 'm')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
