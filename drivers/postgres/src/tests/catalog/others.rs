//! What bindery does not look into.

use super::*;

/// Kind, name, table and SQL of each.
fn listed(definition: &DatabaseDefinition) -> Vec<(&str, &str, Option<&str>, &str)> {
    definition.others.iter().map(|other| (&*other.kind, &*other.name, other.table.as_deref(), &*other.sql)).collect()
}

#[tokio::test]
async fn everything_else_has_the_sql_that_makes_it() {
    let (database, definition) = made(
        "create extension citext; create extension file_fdw; create role reader_of_others login; \
         create table t (id int primary key, a int, owner text, counted text); \
         create sequence numbers as int increment by 2 cycle; create sequence letters owned by t.counted; \
         create function add(a int, b int default 1) returns int language sql immutable as 'select a + b'; \
         create function add(a text) returns text language sql as 'select a;'; \
         create function noop() returns trigger language plpgsql as 'begin return new; end'; \
         create procedure nothing() language sql as ''; \
         create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0'); \
         create trigger touched before update of a on t for each row when (new.a > 0) execute function noop(); \
         create constraint trigger late after insert on t deferrable for each row execute function noop(); \
         create rule ignored as on delete to t do instead nothing; \
         create policy own on t for select to reader_of_others using (owner = current_user); \
 create policy positive on t as restrictive with check (a > 0); alter table t enable row level security; \
         create type pair as (a int, \"b c\" text collate \"C\"); create type spans as range (subtype = float8); \
         create server files foreign data wrapper file_fdw; \
         create foreign table lines (id int not null, line text) server files options (filename '/dev/null'); \
         create statistics odds on a, owner from t",
    )
    .await;
    let functions: Vec<String> =
        ["add(int,int)", "add(text)", "noop()"].map(|f| said(&database, &format!("pg_get_functiondef('{f}'::regprocedure)"))).into();
    let procedure = said(&database, "pg_get_functiondef('nothing()'::regprocedure)");
    let statistics = said(&database, "pg_get_statisticsobjdef((select oid from pg_statistic_ext))");
    let policy = "CREATE POLICY own ON t AS PERMISSIVE FOR SELECT TO reader_of_others USING ((owner = CURRENT_USER))";
    let expected = [
        ("aggregate", "total(integer)", None, "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')"),
        ("composite type", "pair", None, "CREATE TYPE pair AS (a integer, \"b c\" text COLLATE \"C\")"),
        ("extension", "citext", None, "CREATE EXTENSION citext WITH SCHEMA public"),
        ("extension", "file_fdw", None, "CREATE EXTENSION file_fdw WITH SCHEMA public"),
        (
            "foreign table",
            "lines",
            None,
            "CREATE FOREIGN TABLE lines (id integer NOT NULL, line text) SERVER files OPTIONS (filename '/dev/null')",
        ),
        ("function", "add(a integer, b integer)", None, &functions[0]),
        ("function", "add(a text)", None, &functions[1]),
        ("function", "noop()", None, &functions[2]),
        ("policy", "own", Some("t"), policy),
        ("policy", "positive", Some("t"), "CREATE POLICY positive ON t AS RESTRICTIVE FOR ALL TO PUBLIC WITH CHECK ((a > 0))"),
        ("procedure", "nothing()", None, &procedure),
        ("range type", "spans", None, "CREATE TYPE spans AS RANGE (SUBTYPE = double precision)"),
        ("row level security", "t", Some("t"), "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
        ("rule", "ignored", Some("t"), "CREATE RULE ignored AS\n    ON DELETE TO t DO INSTEAD NOTHING"),
        (
            "sequence",
            "letters",
            Some("t"),
            "CREATE SEQUENCE letters AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 OWNED BY t.counted",
        ),
        (
            "sequence",
            "numbers",
            None,
            "CREATE SEQUENCE numbers AS integer INCREMENT BY 2 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1 CYCLE",
        ),
        ("statistics", "odds", Some("t"), &statistics),
        (
            "trigger",
            "late",
            Some("t"),
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION noop()",
        ),
        (
            "trigger",
            "touched",
            Some("t"),
            "CREATE TRIGGER touched BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (new.a > 0) EXECUTE FUNCTION noop()",
        ),
    ];
    let found = listed(&definition);
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
    assert!(definition.table("lines").is_none() && definition.table("pair").is_none());
    assert!(definition.domains.is_empty() && definition.enumerations.is_empty());

    // It takes no right but to use the schema; nor a prepared statement.
    let url = database.url().with_user("reader_of_others");
    for cache in [128, 0] {
        let engine = open_url(url.clone(), |pool| pool.statement_cache_size = cache);
        assert_eq!(reflect_by(&engine).await, definition);
    }
}

#[tokio::test]
async fn what_belongs_to_an_extension_is_left_out() {
    let (_database, definition) = made(
        "create extension hstore; create extension pg_buffercache; create extension ltree; create extension tablefunc; create extension earthdistance cascade",
    )
    .await;
    assert_eq!((&definition.tables[..], &definition.views[..], &definition.domains[..]), (&[][..], &[][..], &[][..]));
    let names: Vec<_> = definition.others.iter().map(|other| (other.kind.as_str(), other.name.as_str())).collect();
    assert_eq!(names, ["cube", "earthdistance", "hstore", "ltree", "pg_buffercache", "tablefunc"].map(|name| ("extension", name)));
}
