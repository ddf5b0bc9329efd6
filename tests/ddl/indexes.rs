//! Indexes of every kind, and columns that PostgreSQL numbers by `serial`.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::place::{Backend, Place};

on_each_backend! {
    a_unique_index_refuses_and_is_a_key_of_upserts,
    an_index_of_some_rows,
    an_index_of_sql,
    methods,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(columns(shop, code), unique), index(columns(price), name = "by_price"))]
struct Ware {
    #[column(primary_key, generated)]
    id: i64,
    shop: i32,
    #[column(max_length = 20)]
    code: String,
    price: i64,
}

/// The names of the indexes that are no constraints', in their order; unique ones with a `!`.
fn indexes(place: &Place) -> String {
    match place {
        Place::Sqlite(_) => place.rows(
            "SELECT group_concat(name, ' ') FROM (SELECT l.name || iif(\"unique\", '!', '') AS name FROM sqlite_schema s, pragma_index_list(s.name) l \
             WHERE s.type = 'table' AND origin = 'c' ORDER BY 1)",
        ),
        Place::Postgres(_) => place.rows(
            "SELECT string_agg(relname || CASE WHEN indisunique THEN '!' ELSE '' END, ' ' ORDER BY relname) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid \
             WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        ),
        Place::Mysql(_) => place.rows(
            "SELECT group_concat(DISTINCT index_name, if(non_unique, '', '!') ORDER BY index_name SEPARATOR ' ') FROM information_schema.statistics \
             WHERE table_schema = database() AND index_name <> 'PRIMARY'",
        ),
    }
}

async fn a_unique_index_refuses_and_is_a_key_of_upserts(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Ware,)>().await;
    databases.create_all(All).await?;
    assert_eq!(indexes(&place), "by_price ux_ware_shop_code!");
    let session = databases.session();
    let ware = |price| NewWare::new(1, "a".to_owned(), price);
    session.insert(ware(5)).await?;
    let error = session.insert(ware(6)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    let upsert = || Ware::insert([ware(7), NewWare::new(2, "a".to_owned(), 8)]);
    let rows = session.insert_returning(upsert().on_conflict((Ware::shop, Ware::code)).do_update(Ware::price)).await?;
    assert_eq!(rows.iter().map(|ware| (ware.shop, ware.price)).collect::<Vec<_>>(), [(1, 7), (2, 8)]);
    session.execute(upsert().on_conflict_of("ux_ware_shop_code").do_nothing()).await?;
    let error = session.execute(upsert().on_conflict(Ware::code).do_nothing()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
    // MySQL would take a conflict in the index for one in the key.
    let by_id =
        session.execute(Ware::insert([Ware { id: 1, shop: 1, code: "a".to_owned(), price: 1 }]).on_conflict(Ware::id).do_nothing()).await;
    match backend {
        Backend::MariaDb | Backend::MySql57 => {
            let error = by_id.unwrap_err();
            assert!(error.kind() == ErrorKind::Unsupported && error.to_string().contains("`ux_ware_shop_code`"), "{error}");
        }
        Backend::Sqlite | Backend::Postgres => assert_eq!(by_id?.rows_affected, Some(0)),
    }
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(columns(email), unique, filter = "deleted IS NULL"))]
struct Member {
    #[column(primary_key)]
    id: i64,
    #[column(max_length = 60)]
    email: String,
    deleted: Option<i64>,
}

async fn an_index_of_some_rows(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    let databases = place.databases::<(Member,)>().await;
    if matches!(backend, Backend::MariaDb | Backend::MySql57) {
        let error = databases.create_all(All).await.unwrap_err();
        assert_eq!((error.kind(), error.table()), (ErrorKind::Unsupported, Some("member")), "{error}");
        assert!(error.to_string().contains("leave out the `filter` of `ux_member_email`"), "{error}");
        assert_eq!(place.tables(), "");
        return Ok(());
    }
    databases.create_all(All).await?;
    assert_eq!(indexes(&place), "ux_member_email!");
    let session = databases.session();
    let member = |id, deleted| Member { id, email: "ada@example.org".to_owned(), deleted };
    session.insert_many([member(1, Some(1)), member(2, Some(2)), member(3, None)]).await?;
    let error = session.insert(member(4, None)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    // It is no key of an upsert: it says nothing of the other rows.
    let error = session.execute(Member::insert([member(5, None)]).on_conflict(Member::email).do_nothing()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
    databases.close().await;
    Ok(())
}

/// What each of the backends has.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(sql("year DESC", "id"), name = "newest"))]
struct Edition {
    #[column(primary_key)]
    id: i64,
    year: i32,
    title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(sql("lower(title)", "year DESC"), unique), index(sql("(year + id) DESC"), name = "by_sum"))]
struct Work {
    #[column(primary_key)]
    id: i64,
    year: i32,
    title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(sql("title(7)", "year"), name = "by_beginning"))]
struct Long {
    #[column(primary_key)]
    id: i64,
    year: i32,
    title: String,
}

async fn an_index_of_sql(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    if matches!(backend, Backend::MariaDb | Backend::MySql57) {
        let databases = place.databases::<(Edition, Long)>().await;
        databases.create_all(All).await?;
        let beginning = "SELECT group_concat(column_name, ':', ifnull(sub_part, '') ORDER BY seq_in_index) FROM information_schema.statistics \
                         WHERE table_schema = database() AND index_name = 'by_beginning'";
        assert_eq!(place.rows(beginning), "title:7,year:");
        assert_eq!(indexes(&place), "by_beginning newest");
        databases.close().await;
        return Ok(());
    }
    let databases = place.databases::<(Edition, Work)>().await;
    databases.create_all(All).await?;
    match backend {
        Backend::Postgres => {
            let definitions = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text IN ('edition', 'work') AND NOT indisprimary ORDER BY 1";
            assert_eq!(
                place.rows(definitions),
                "CREATE INDEX by_sum ON public.work USING btree (((year + id)) DESC)\n\
                 CREATE INDEX newest ON public.edition USING btree (year DESC, id)\n\
                 CREATE UNIQUE INDEX ux_work_738edb1f ON public.work USING btree (lower(title), year DESC)"
            );
        }
        _ => {
            let parts = "SELECT group_concat(ifnull(name, '()') || \"desc\") FROM pragma_index_xinfo('newest') WHERE key";
            assert_eq!(place.rows(parts), "year1,id0");
            assert_eq!(indexes(&place), "by_sum newest ux_work_738edb1f!");
        }
    }
    let session = databases.session();
    let work = |id, title: &str| Work { id, year: 1843, title: title.to_owned() };
    session.insert(work(1, "Notes")).await?;
    assert_eq!(session.insert(work(2, "NOTES")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    databases.close().await;
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(columns(document), method = "gin"), index(columns(number), method = "hash", filter = "number > 5"))]
struct Note {
    #[column(primary_key, generated, type = "bigserial")]
    id: i64,
    document: serde_json::Value,
    number: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(columns(text), method = "fulltext"), index(columns(number), method = "btree"))]
struct Page {
    #[column(primary_key, generated)]
    id: i64,
    text: String,
    number: i32,
}

async fn methods(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    match backend {
        Backend::Postgres => {
            let databases = place.databases::<(Note,)>().await;
            databases.create_all(All).await?;
            assert_eq!(
                place.rows(
                    "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'note'::regclass AND NOT indisprimary ORDER BY 1"
                ),
                "CREATE INDEX ix_note_document ON public.note USING gin (document)\n\
                 CREATE INDEX ix_note_number ON public.note USING hash (number) WHERE (number > 5)"
            );
            let column = "SELECT format_type(atttypid, NULL), attidentity = '', pg_get_serial_sequence('note', 'id') FROM pg_attribute \
                          WHERE attrelid = 'note'::regclass AND attname = 'id'";
            assert_eq!(place.rows(column), "bigint|t|public.note_id_seq");
            let notes = databases.session().insert_many([1, 2].map(|number| NewNote::new(serde_json::json!({}), number))).await?;
            assert_eq!(notes.iter().map(|note| note.id).collect::<Vec<_>>(), [1, 2]);
            databases.close().await;
        }
        Backend::MariaDb | Backend::MySql57 => {
            let databases = place.databases::<(Page,)>().await;
            databases.create_all(All).await?;
            let kinds = "SELECT group_concat(index_type ORDER BY index_name) FROM information_schema.statistics WHERE table_schema = database() AND index_name LIKE 'ix%'";
            assert_eq!(place.rows(kinds), "BTREE,FULLTEXT");
            databases.close().await;
        }
        Backend::Sqlite => {
            let databases = place.databases::<(Page,)>().await;
            let error = databases.create_all(All).await.unwrap_err();
            assert_eq!((error.kind(), error.table()), (ErrorKind::Unsupported, Some("page")), "{error}");
            assert!(error.to_string().starts_with("SQLite has one kind of index: leave out the `method` of `ix_page_text`"), "{error}");
            databases.close().await;
        }
    }
    Ok(())
}
