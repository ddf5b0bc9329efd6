SELECT o.kind, o.name, owner.relname::text AS relation, o.sql
FROM (
    SELECT 'trigger' AS kind, t.tgname::text AS name, t.tgrelid AS relation,
        'pg_catalog.pg_trigger'::regclass AS class, t.oid, pg_get_triggerdef(t.oid, true) AS sql
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = $1::oid AND NOT t.tgisinternal AND t.tgparentid = 0

    UNION ALL
    SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
        format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), NULL, 'pg_catalog.pg_proc'::regclass, p.oid,
        CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE (
            SELECT format('CREATE AGGREGATE %I(%s) (%s)', p.proname, pg_get_function_identity_arguments(p.oid), concat_ws(', ',
                'SFUNC = ' || a.aggtransfn::text,
                'STYPE = ' || format_type(a.aggtranstype, NULL),
                'FINALFUNC = ' || nullif(a.aggfinalfn, 0)::regproc::text,
                'COMBINEFUNC = ' || nullif(a.aggcombinefn, 0)::regproc::text,
                'INITCOND = ' || quote_literal(a.agginitval)
            ))
            FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = p.oid
        ) END
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = $1::oid

    UNION ALL
    SELECT 'sequence', c.relname::text, d.refobjid, 'pg_catalog.pg_class'::regclass, c.oid,
        format('CREATE SEQUENCE %s AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s%s', c.oid::regclass,
            format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache,
            CASE WHEN s.seqcycle THEN ' CYCLE' END, ' OWNED BY ' || d.refobjid::regclass::text || '.' || quote_ident(a.attname))
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = d.refobjid AND e.adnum = d.refobjsubid
    WHERE c.relnamespace = $1::oid
        AND d.deptype IS DISTINCT FROM 'i'
        AND pg_get_expr(e.adbin, e.adrelid) IS DISTINCT FROM format('nextval(%L::regclass)', c.oid::regclass)

    UNION ALL
    SELECT 'rule', r.rulename::text, r.ev_class, 'pg_catalog.pg_rewrite'::regclass, r.oid, pg_get_ruledef(r.oid, true)
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    WHERE c.relnamespace = $1::oid AND r.rulename <> '_RETURN'

    UNION ALL
    SELECT 'policy', p.polname::text, p.polrelid, 'pg_catalog.pg_policy'::regclass, p.oid,
        format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, p.polrelid::regclass,
            CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ') FROM unnest(p.polroles) AS r),
            ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
            ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = $1::oid

    UNION ALL
    SELECT 'row level security', c.relname::text, c.oid, 'pg_catalog.pg_class'::regclass, c.oid,
        concat_ws('; ',
            CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass) END,
            CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass) END)
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = $1::oid AND (c.relrowsecurity OR c.relforcerowsecurity)

    UNION ALL
    SELECT 'composite type', c.relname::text, NULL, 'pg_catalog.pg_type'::regclass, c.reltype,
        format('CREATE TYPE %s AS (%s)', c.oid::regclass, (
            SELECT string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END), ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ))
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = $1::oid AND c.relkind = 'c'

    UNION ALL
    SELECT 'range type', t.typname::text, NULL, 'pg_catalog.pg_type'::regclass, t.oid,
        format('CREATE TYPE %s AS RANGE (SUBTYPE = %s)', t.oid::regtype, format_type(r.rngsubtype, NULL))
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
    WHERE t.typnamespace = $1::oid

    UNION ALL
    SELECT 'foreign table', c.relname::text, NULL, 'pg_catalog.pg_class'::regclass, c.oid,
        format('CREATE FOREIGN TABLE %s (%s) SERVER %I%s', c.oid::regclass, (
            SELECT string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END,
                CASE WHEN a.attnotnull THEN 'NOT NULL' END), ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ), s.srvname, ' OPTIONS (' || (
            SELECT string_agg(format('%I %L', option_name, option_value), ', ') FROM pg_options_to_table(f.ftoptions)
        ) || ')')
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
    JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
    WHERE c.relnamespace = $1::oid

    UNION ALL
    SELECT 'statistics', s.stxname::text, s.stxrelid, 'pg_catalog.pg_statistic_ext'::regclass, s.oid, pg_get_statisticsobjdef(s.oid)
    FROM pg_catalog.pg_statistic_ext s
    WHERE s.stxnamespace = $1::oid

    UNION ALL
    SELECT 'extension', e.extname::text, NULL, 'pg_catalog.pg_extension'::regclass, e.oid,
        format('CREATE EXTENSION %I WITH SCHEMA %s', e.extname, e.extnamespace::regnamespace)
    FROM pg_catalog.pg_extension e
    WHERE e.extname <> 'plpgsql'
) AS o
LEFT JOIN pg_catalog.pg_class owner ON owner.oid = o.relation
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.deptype = 'e' AND d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = o.relation
        OR d.deptype = 'e' AND d.classid = o.class AND d.objid = o.oid
        -- the constructors of a range are made with it
        OR d.deptype = 'i' AND d.classid = o.class AND d.objid = o.oid AND o.class = 'pg_catalog.pg_proc'::regclass
)
