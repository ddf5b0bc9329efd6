//! Keys, foreign keys and checks.

use bindery_core::definition::{CheckDefinition, ForeignKeyDefinition, KeyDefinition, ReferentialAction, TableDefinition};

use super::*;

fn options(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn keys_have_their_columns_in_order_and_their_options() {
    let (database, definition) = made(
        "create table t (a int, \"b c\" int, d int, e int, constraint \"the key\" primary key (\"b c\", a) include (d) with (fillfactor = 70), \
         unique (d), constraint later unique (e, d) deferrable initially deferred, constraint \"select\" unique (e) deferrable); \
         create table named (id int primary key); create table without (id int)",
    )
    .await;
    let table = definition.table("t").unwrap();
    let mut key = KeyDefinition::new("the key", ["b c", "a"]);
    key.options = options("INCLUDE (d) WITH (fillfactor='70')");
    assert_eq!(table.primary_key, Some(key));
    let mut later = KeyDefinition::new("later", ["e", "d"]);
    later.options = options("DEFERRABLE INITIALLY DEFERRED");
    let mut select = KeyDefinition::new("select", ["e"]);
    select.options = options("DEFERRABLE");
    assert_eq!(table.uniques, [later, select, KeyDefinition::new("t_d_key", ["d"])]);
    assert_eq!(table.indexes, []);
    assert_eq!(table.checks, [], "NOT NULL is the columns'");
    assert_eq!(definition.table("named").unwrap().primary_key, Some(KeyDefinition::new("named_pkey", ["id"])));
    assert_eq!(definition.table("without").unwrap().primary_key, None);

    if version(&database) >= 15 {
        database.psql("alter table t add constraint u unique nulls not distinct (a) include (d) deferrable").unwrap();
        let uniques = reflect(&database).await.table("t").unwrap().uniques.clone();
        assert_eq!(uniques[3].options, options("NULLS NOT DISTINCT INCLUDE (d) DEFERRABLE"));
    }
}

#[tokio::test]
async fn foreign_keys() {
    let (database, definition) = made(
        "create schema far; create table far.places (id int primary key); \
         create table \"Staff\" (id int primary key, boss int references \"Staff\" on delete set null, store int); \
         create table stores (id int primary key, manager int not null references \"Staff\" on update cascade on delete restrict \
           deferrable initially deferred); \
         alter table \"Staff\" add constraint works_at foreign key (store) references stores; \
         create table pairs (\"x y\" int, b int, primary key (b, \"x y\"), unique (\"x y\", b)); \
         create table referring (q int, p int default 1, place int references far.places on delete set default, \
           constraint \"both\" foreign key (p, q) references pairs (b, \"x y\") match full on delete cascade); \
         alter table referring add constraint unchecked foreign key (p) references stores not valid",
    )
    .await;
    let keys = |table: &str| definition.table(table).unwrap().foreign_keys.clone();
    let mut boss = ForeignKeyDefinition::new("Staff_boss_fkey", ["boss"], "Staff", ["id"]);
    boss.on_delete = ReferentialAction::SetNull;
    assert_eq!(keys("Staff"), [boss, ForeignKeyDefinition::new("works_at", ["store"], "stores", ["id"])]);
    let mut manager = ForeignKeyDefinition::new("stores_manager_fkey", ["manager"], "Staff", ["id"]);
    (manager.on_update, manager.on_delete) = (ReferentialAction::Cascade, ReferentialAction::Restrict);
    manager.options = options("DEFERRABLE INITIALLY DEFERRED");
    assert_eq!(keys("stores"), [manager]);
    let mut both = ForeignKeyDefinition::new("both", ["p", "q"], "pairs", ["b", "x y"]);
    (both.on_delete, both.options) = (ReferentialAction::Cascade, options("MATCH FULL"));
    let mut place = ForeignKeyDefinition::new("referring_place_fkey", ["place"], "far.places", ["id"]);
    place.on_delete = ReferentialAction::SetDefault;
    let mut unchecked = ForeignKeyDefinition::new("unchecked", ["p"], "stores", ["id"]);
    unchecked.options = options("NOT VALID");
    assert_eq!(keys("referring"), [both, place, unchecked]);

    if version(&database) >= 15 {
        let sql = "alter table referring add constraint partly foreign key (p, q) references pairs on delete set null (q)";
        database.psql(sql).unwrap();
        let definition = reflect(&database).await;
        let mut keys = definition.table("referring").unwrap().foreign_keys.iter();
        let partly = keys.find(|key| key.name == "partly").unwrap();
        assert_eq!((partly.on_delete, &partly.options), (ReferentialAction::SetNull, &options("ON DELETE SET NULL (q)")));
    }
}

#[tokio::test]
async fn checks_have_no_brackets_around_them() {
    let (database, definition) = made(
        "create function is_ok(int) returns bool language sql immutable as 'select true'; \
         create table t (a int, b text, constraint above check (a > 0), check (a > 0 and a < 9 or b = ')'), constraint fun check (is_ok(a)), \
         constraint local check (a <> 7) no inherit, constraint \"null\" check (b is not null)); \
         alter table t add constraint later check (a <> 8) not valid",
    )
    .await;
    let checks = |table: &TableDefinition| table.checks.clone();
    let with = |name, sql, text| {
        let mut check = CheckDefinition::new(name, sql);
        check.options = options(text);
        check
    };
    assert_eq!(
        checks(definition.table("t").unwrap()),
        [
            CheckDefinition::new("above", "a > 0"),
            CheckDefinition::new("fun", "is_ok(a)"),
            with("later", "a <> 8", "NOT VALID"),
            with("local", "a <> 7", "NO INHERIT"),
            CheckDefinition::new("null", "b IS NOT NULL"),
            CheckDefinition::new("t_check", "((a > 0) AND (a < 9)) OR (b = ')'::text)"),
        ]
    );
    if version(&database) >= 18 {
        let sql = "create table u (a int constraint loose check (a > 0) not enforced, b int not null, constraint named not null a)";
        database.psql(sql).unwrap();
        let definition = reflect(&database).await;
        let table = definition.table("u").unwrap();
        assert_eq!(checks(table), [with("loose", "a > 0", "NOT ENFORCED")]);
        assert!(table.columns.iter().all(|column| !column.nullable));
    }
}

#[tokio::test]
async fn what_is_no_plain_constraint_is_among_the_others() {
    let (database, definition) = made(
        "create extension btree_gist; create table rooms (room int, during int4range, \
         constraint \"no overlap\" exclude using gist (room with =, during with &&) where (room > 0))",
    )
    .await;
    let other = definition.others.iter().find(|other| other.kind == "exclusion constraint").unwrap();
    assert_eq!((other.name.as_str(), other.table.as_deref()), ("no overlap", Some("rooms")));
    let sql = "ALTER TABLE rooms ADD CONSTRAINT \"no overlap\" EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((room > 0))";
    assert_eq!(other.sql, sql);
    let rooms = definition.table("rooms").unwrap();
    assert_eq!((&rooms.indexes[..], &rooms.uniques[..], &rooms.checks[..]), (&[][..], &[][..], &[][..]));

    if version(&database) >= 18 {
        database.psql("create table kept (id int, at int4range, primary key (id, at without overlaps))").unwrap();
        let definition = reflect(&database).await;
        let other = definition.others.iter().find(|other| other.kind == "temporal constraint").unwrap();
        assert_eq!(other.sql, "ALTER TABLE kept ADD CONSTRAINT kept_pkey PRIMARY KEY (id, at WITHOUT OVERLAPS)");
        assert_eq!(definition.table("kept").unwrap().primary_key, None);
    }
}
