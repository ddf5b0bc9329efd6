//! Indexes that are no constraint's.

use bindery_core::definition::IndexPart::{Column, ColumnWith, Expression, ExpressionWith};
use bindery_core::definition::{IndexDefinition, IndexPart};

use super::*;

fn index(name: &str, parts: &[IndexPart]) -> IndexDefinition {
    IndexDefinition::new(name, parts.iter().cloned())
}

fn changed(mut index: IndexDefinition, change: impl FnOnce(&mut IndexDefinition)) -> IndexDefinition {
    change(&mut index);
    index
}

#[tokio::test]
async fn indexes() {
    let (database, definition) = made(
        "create extension pg_trgm; create collation german (locale = 'C'); \
         create table \"t (x\" (a int, b text, \"c, d\" text collate \"C\", e jsonb, f int, unique (f), tags text[]); \
         create index ix_plain on \"t (x\" (a, \"c, d\"); create unique index ix_unique on \"t (x\" (b) where a > 0 and b <> ' WHERE '; \
         create index ix_sorted on \"t (x\" (a desc, b asc nulls first, f desc nulls last); \
         create index ix_lower on \"t (x\" (lower(b), (a + f) desc, (b || ', (') collate \"C\" text_pattern_ops); \
         create index ix_collated on \"t (x\" (b collate german, \"c, d\" text_pattern_ops, lower(\"c, d\")); \
         create index ix_gin on \"t (x\" using gin (e jsonb_path_ops, tags) with (fastupdate = off); \
         create index \"ix USING btree (\" on \"t (x\" using hash (a); \
         create index ix_trgm on \"t (x\" using gist (b gist_trgm_ops (siglen = 32), lower(b) gist_trgm_ops); \
         create unique index ix_more on \"t (x\" (a) include (b, \"c, d\") with (fillfactor = 70) where (f is not null); \
         create index ix_brin on \"t (x\" using brin (a); create index ix_day on \"t (x\" (coalesce(a, 0), (e ->> 'x'))",
    )
    .await;
    let column = |name: &str| Column(name.to_owned());
    let column_with = |name: &str, behind: &str| ColumnWith(name.to_owned(), behind.to_owned());
    let expression = |sql: &str| Expression(sql.to_owned());
    let expression_with = |sql: &str, behind: &str| ExpressionWith(sql.to_owned(), behind.to_owned());
    let some = |text: &str| Some(text.to_owned());
    let table = definition.table("t (x").unwrap();
    let expected = [
        changed(index("ix USING btree (", &[column("a")]), |index| index.method = some("hash")),
        changed(index("ix_brin", &[column("a")]), |index| index.method = some("brin")),
        index("ix_collated", &[column_with("b", "COLLATE german"), column_with("c, d", "text_pattern_ops"), expression("lower(\"c, d\")")]),
        index("ix_day", &[expression("COALESCE(a, 0)"), expression("e ->> 'x'::text")]),
        changed(index("ix_gin", &[column_with("e", "jsonb_path_ops"), column("tags")]), |index| {
            (index.method, index.options) = (some("gin"), some("WITH (fastupdate=off)"));
        }),
        index(
            "ix_lower",
            &[
                expression("lower(b)"),
                expression_with("a + f", "DESC"),
                expression_with("b || ', ('::text", "COLLATE \"C\" text_pattern_ops"),
            ],
        ),
        changed(index("ix_more", &[column("a")]), |index| {
            (index.unique, index.filter) = (true, some("f IS NOT NULL"));
            index.options = some("INCLUDE (b, \"c, d\") WITH (fillfactor='70')");
        }),
        index("ix_plain", &[column("a"), column("c, d")]),
        index("ix_sorted", &[column_with("a", "DESC"), column_with("b", "NULLS FIRST"), column_with("f", "DESC NULLS LAST")]),
        changed(
            index("ix_trgm", &[column_with("b", "gist_trgm_ops (siglen='32')"), expression_with("lower(b)", "gist_trgm_ops")]),
            |index| {
                index.method = some("gist");
            },
        ),
        changed(index("ix_unique", &[column("b")]), |index| {
            (index.unique, index.filter) = (true, some("(a > 0) AND (b <> ' WHERE '::text)"));
        }),
    ];
    for (found, expected) in table.indexes.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(table.indexes.len(), expected.len());

    if version(&database) >= 15 {
        database.psql("create unique index a on \"t (x\" (a) nulls not distinct where a > 1").unwrap();
        let first = reflect(&database).await.tables[0].indexes[0].clone();
        assert_eq!((first.options, first.filter), (some("NULLS NOT DISTINCT"), some("a > 1")));
    }
}

#[tokio::test]
async fn one_that_was_never_finished_is_no_index() {
    let database = database();
    database.psql("create table t (a int); insert into t values (1), (1)").unwrap();
    database.psql("create unique index concurrently ix_broken on t (a)").unwrap_err();
    let definition = reflect(&database).await;
    assert_eq!(definition.table("t").unwrap().indexes, []);
    let [other] = &definition.others[..] else { panic!("{:?}", definition.others) };
    assert_eq!((other.kind.as_str(), other.name.as_str(), other.table.as_deref()), ("invalid index", "ix_broken", Some("t")));
}
