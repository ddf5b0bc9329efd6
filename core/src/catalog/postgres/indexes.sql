SELECT
    c.relname::text AS relation,
    ic.relname::text AS name,
    am.amname::text AS method,
    i.indisunique AS is_unique,
    i.indisvalid AS is_valid,
    pg_get_indexdef(i.indexrelid) AS definition,
    ARRAY(
        SELECT coalesce(a.attname::text, '')
        FROM generate_series(1, i.indnkeyatts) AS place
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place - 1] AND a.attnum <> 0
        ORDER BY place
    ) AS columns,
    ARRAY(
        SELECT pg_get_indexdef(i.indexrelid, place, false)
        FROM generate_series(1, i.indnkeyatts) AS place
        ORDER BY place
    ) AS parts
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_am am ON am.oid = ic.relam
WHERE c.relnamespace = $1::oid
    AND c.relkind IN ('r', 'p', 'm')
    AND NOT ic.relispartition
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint con WHERE con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
    )
