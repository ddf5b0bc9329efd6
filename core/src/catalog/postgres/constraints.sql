SELECT
    coalesce(c.relname, t.typname)::text AS owner,
    t.oid IS NOT NULL AS is_of_domain,
    con.conname::text AS name,
    CASE WHEN to_jsonb(con) ->> 'conperiod' = 'true' THEN 'temporal' ELSE con.contype::text END AS kind,
    ARRAY(
        SELECT a.attname::text
        FROM unnest(con.conkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
        ORDER BY k.place
    ) AS columns,
    CASE WHEN referred_table.relnamespace <> c.relnamespace THEN referred_schema.nspname || '.' ELSE '' END
        || referred_table.relname AS referred_table,
    ARRAY(
        SELECT a.attname::text
        FROM unnest(con.confkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.attnum
        ORDER BY k.place
    ) AS referred,
    con.confdeltype::text AS on_delete,
    con.confupdtype::text AS on_update,
    pg_get_expr(con.conbin, con.conrelid) AS checked,
    nullif(concat_ws(' ',
        CASE WHEN to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' THEN 'NULLS NOT DISTINCT' END,
        'INCLUDE (' || (
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE k.place > i.indnkeyatts
        ) || ')',
        'WITH (' || (
            SELECT string_agg(format('%s=%L', option_name, option_value), ', ')
            FROM pg_catalog.pg_class ic, pg_options_to_table(ic.reloptions)
            WHERE ic.oid = i.indexrelid
        ) || ')',
        CASE con.confmatchtype WHEN 'f' THEN 'MATCH FULL' END,
        'ON DELETE SET ' || CASE con.confdeltype WHEN 'n' THEN 'NULL' ELSE 'DEFAULT' END || ' (' || (
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
            FROM jsonb_array_elements_text(nullif(to_jsonb(con) -> 'confdelsetcols', 'null')) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum::int
        ) || ')',
        CASE WHEN con.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED' WHEN con.condeferrable THEN 'DEFERRABLE' END,
        CASE WHEN con.contype = 'c' AND con.connoinherit THEN 'NO INHERIT' END,
        CASE WHEN to_jsonb(con) ->> 'conenforced' = 'false' THEN 'NOT ENFORCED' WHEN NOT con.convalidated THEN 'NOT VALID' END
    ), '') AS options,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, con.conname, pg_get_constraintdef(con.oid)) AS definition
FROM pg_catalog.pg_constraint con
LEFT JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
LEFT JOIN pg_catalog.pg_type t ON t.oid = con.contypid
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u')
LEFT JOIN pg_catalog.pg_class referred_table ON referred_table.oid = con.confrelid
LEFT JOIN pg_catalog.pg_namespace referred_schema ON referred_schema.oid = referred_table.relnamespace
WHERE con.contype IN ('p', 'u', 'f', 'c', 'x')
    AND con.conislocal AND con.conparentid = 0
    AND (c.relnamespace = $1::oid AND c.relkind IN ('r', 'p') OR t.typnamespace = $1::oid)
