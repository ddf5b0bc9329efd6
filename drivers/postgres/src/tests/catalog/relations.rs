//! Tables and views as a whole, partitions, other schemas.

use super::*;

#[tokio::test]
async fn an_empty_schema_has_nothing() {
    let (_database, definition) = made("").await;
    assert_eq!(definition, DatabaseDefinition::default());
}

#[tokio::test]
async fn tables_have_options_and_comments_and_temporary_ones_are_left_out() {
    let database = database();
    database
        .psql(
            "create table plain (id int); create table \"Odd \"\"name\"\"\" (); create unlogged table fast (id int) with (fillfactor = 70); \
             create table base (id int, note text check (note <> '')); create table heir (more int) inherits (base, plain); \
             comment on table plain is 'it''s plain'",
        )
        .unwrap();
    let engine = open_one(&database);
    let mut lease = lease(&engine).await;
    lease.execute(&Statement::new("create temp table hidden (id int)", &[], Effect::Write)).await.unwrap();
    let definition = lease.reflect(catalog(&engine)).await.unwrap();
    let tables: Vec<_> = definition.tables.iter().map(|table| (table.name.as_str(), table.options.as_deref())).collect();
    assert_eq!(
        tables,
        [
            ("Odd \"name\"", None),
            ("base", None),
            ("fast", Some("UNLOGGED WITH (fillfactor='70')")),
            ("heir", Some("INHERITS (base, plain)")),
            ("plain", None),
        ]
    );
    assert_eq!(definition.table("plain").unwrap().comment.as_deref(), Some("it's plain"));
    assert_eq!(definition.table("base").unwrap().comment, None);
    let heir = definition.table("heir").unwrap();
    let names: Vec<_> = heir.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "note", "more"]);
    assert_eq!(heir.checks, [], "its parent's alone");
    assert_eq!(definition.table("base").unwrap().checks.len(), 1);
}

#[tokio::test]
async fn a_partition_says_whose_it_is_and_only_what_is_its_own() {
    let (_database, definition) = made(
        "create table referred (id int primary key); \
         create function noop() returns trigger language plpgsql as 'begin return new; end'; \
         create table payment (id int references referred, at date not null, amount numeric check (amount > 0), primary key (id, at)) \
           partition by range (at); \
         create index ix_at on payment (at); create trigger t before insert on payment for each row execute function noop(); \
         create table payment_2022 partition of payment for values from ('2022-01-01') to ('2023-01-01'); \
         create table payment_rest partition of payment default partition by list (id); create table named (name text) partition by list (lower(name)); \
         create table attached (id int not null, at date not null, amount numeric, constraint payment_amount_check check (amount > 0)); \
         alter table payment attach partition attached for values from ('2023-01-01') to ('2024-01-01'); \
         create index ix_own on payment_2022 (amount); alter table payment_2022 add constraint own check (id > 0); \
         create table referring (id int, at date, foreign key (id, at) references payment)",
    )
    .await;
    let payment = definition.table("payment").unwrap();
    assert_eq!((payment.options.as_deref(), &payment.partition_of), (Some("PARTITION BY RANGE (at)"), &None));
    assert_eq!(payment.primary_key.as_ref().unwrap().columns, ["id", "at"]);
    assert_eq!((payment.indexes.len(), payment.checks.len(), payment.foreign_keys.len()), (1, 1, 1));

    let year = definition.table("payment_2022").unwrap();
    let bounds = "FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')";
    assert_eq!(year.partition_of, Some(("payment".to_owned(), bounds.to_owned())));
    assert_eq!((year.columns.len(), &year.primary_key, &year.foreign_keys[..]), (3, &None, &[][..]));
    assert_eq!((year.indexes.len(), year.indexes[0].name.as_str()), (1, "ix_own"));
    assert_eq!((year.checks.len(), year.checks[0].name.as_str()), (1, "own"));

    let rest = definition.table("payment_rest").unwrap();
    assert_eq!(rest.partition_of, Some(("payment".to_owned(), "DEFAULT".to_owned())));
    assert_eq!(rest.options.as_deref(), Some("PARTITION BY LIST (id)"));
    assert_eq!(definition.table("named").unwrap().options.as_deref(), Some("PARTITION BY LIST (lower(name))"));
    let attached = definition.table("attached").unwrap();
    assert_eq!((&attached.primary_key, attached.checks.len(), attached.indexes.len()), (&None, 0, 0));
    assert_eq!(definition.table("referring").unwrap().foreign_keys.len(), 1);
    let triggers: Vec<_> = definition.others.iter().filter(|other| other.kind == "trigger").map(|other| other.table.as_deref()).collect();
    assert_eq!(triggers, [Some("payment")]);
}

#[tokio::test]
async fn views_have_their_select_their_columns_and_indexes() {
    let (database, definition) = made(
        "create table films (id int primary key, title varchar(255) collate \"C\" not null, price numeric(5, 2)); \
         create view titles as select id, title as \"the title\", price * 2 as twice from films where title <> ';'; \
         create view guarded with (security_barrier) as select id from films where price > 1 with local check option; \
         create materialized view kept as select count(*) as number, title from films group by title with no data; \
         create unique index ix_kept on kept (title); create index ix_kept_number on kept (number desc); \
         comment on view titles is 'all of them'; comment on materialized view kept is 'by night'; comment on column titles.id is 'the key'",
    )
    .await;
    let names: Vec<_> = definition.views.iter().map(|view| (view.name.as_str(), view.materialized)).collect();
    assert_eq!(names, [("guarded", false), ("kept", true), ("titles", false)]);
    for name in ["titles", "guarded", "kept"] {
        assert_eq!(definition.view(name).unwrap().sql, said(&database, &format!("pg_get_viewdef('{name}'::regclass)")), "{name}");
    }
    let titles = definition.view("titles").unwrap();
    assert_eq!((titles.comment.as_deref(), titles.options.as_deref()), (Some("all of them"), None));
    let columns: Vec<_> =
        titles.columns.iter().map(|column| (column.name.as_str(), column.type_name.as_str(), column.comment.as_deref())).collect();
    assert_eq!(columns, [("id", "integer", Some("the key")), ("the title", "character varying(255)", None), ("twice", "numeric", None)]);
    assert_eq!(titles.columns[1].collation.as_deref(), Some("\"C\""));
    let guarded = definition.view("guarded").unwrap();
    assert_eq!(guarded.options.as_deref(), Some("WITH (security_barrier='true', check_option='local')"));
    let kept = definition.view("kept").unwrap();
    assert_eq!(kept.comment.as_deref(), Some("by night"));
    assert_eq!(
        kept.indexes.iter().map(|index| (index.name.as_str(), index.unique)).collect::<Vec<_>>(),
        [("ix_kept", true), ("ix_kept_number", false)]
    );
    assert_eq!(definition.tables.len(), 1);
}

#[tokio::test]
async fn another_schema_is_its_own() {
    let database = database();
    database
        .psql(
            "create schema shop; create type mood as enum ('sad'); create type shop.size as enum ('s', 'm'); \
             create table users (id int primary key); create table shop.users (id int primary key, size shop.size default 's', m public.mood); \
             create table shop.orders (id int primary key, buyer int references shop.users, seller int references public.users); \
             create table shop.parted (id int) partition by hash (id); \
             create table part partition of shop.parted for values with (modulus 1, remainder 0); \
             create view shop.names as select o.id, u.size from shop.orders o join shop.users u on u.id = o.buyer join public.users p on true",
        )
        .unwrap();
    let public = reflect(&database).await;
    assert_eq!(public.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["part", "users"]);
    assert_eq!(public.table("part").unwrap().partition_of.as_ref().unwrap().0, "shop.parted");
    assert_eq!((public.enumerations.len(), public.views.len()), (1, 0));

    let shop = reflect_by(&open_url(with_search_path(&database, "shop"), |_| {})).await;
    assert_eq!(shop.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["orders", "parted", "users"]);
    let users = shop.table("users").unwrap();
    assert_eq!((users.columns[1].type_name.as_str(), users.columns[1].default.as_deref()), ("size", Some("'s'::size")));
    assert_eq!(users.columns[2].type_name, "public.mood");
    let referred: Vec<_> = shop.table("orders").unwrap().foreign_keys.iter().map(|key| key.table.as_str()).collect();
    assert_eq!(referred, ["users", "public.users"]);
    let sql = &shop.view("names").unwrap().sql;
    assert!(!sql.contains("shop.") && sql.contains("public.users"), "{sql}");

    let engine = open_url(with_search_path(&database, "missing"), |_| {});
    let error = lease(&engine).await.reflect(catalog(&engine)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
    assert!(error.to_string().contains("`search_path`"), "{error}");
}
