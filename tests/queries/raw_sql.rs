//! `sql!` on real databases: what stands between its braces goes into parameters, on whichever placeholders the backend has; dynamic rows and
//! what becomes of them; plans; batches.

use bindery::engine::Dialect;
use bindery::prelude::*;
use bindery::{ErrorKind, Result, sql};

use crate::library::{Author, BOXES, Backend, Book, Library, SHELVES, on_each_backend};

on_each_backend! {
    values_are_parameters,
    fragments_are_expressions,
    a_fragment_is_one_operand,
    decimals_are_compared_as_such,
    dynamic_rows,
    plans,
    batches,
}

async fn values_are_parameters(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let (least, languages) = (300, ["fr".to_owned(), "en".to_owned()]);
    let books = sql!("SELECT id, title FROM book WHERE pages >= {least} AND language IN ({..languages}) ORDER BY id");
    let books: Vec<(i64, String)> = session.all(raw("default", books).rows()).await?;
    assert_eq!(books.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 3, 4, 5]);

    // Nothing of a value is ever SQL.
    let evil = "x'; DROP TABLE book; --\\";
    assert_eq!(session.all(raw("default", sql!("SELECT id FROM author WHERE name = {evil}")).rows::<i64>()).await?, [0_i64; 0]);
    session.execute(raw("default", sql!("UPDATE author SET name = {evil}, born = {None::<i32>} WHERE id = {1}"))).await?;
    assert_eq!(session.get::<Author>(1).await?.map(|author| (author.name, author.born)), Some((evil.to_owned(), None)));
    assert_eq!(library.by_hand("SELECT count(*) FROM book"), [["6"]]);

    // Rows as scalars, models, tuples; counted, asked for existence, first of them.
    let names = raw("default", sql!("SELECT name FROM author WHERE id > {2 + 1} ORDER BY id;")).rows::<String>();
    assert_eq!(session.all(&names).await?, ["ada", r"100%_\"]);
    assert_eq!((session.count(&names).await?, session.exists(&names).await?), (2, true));
    let authors = raw("default", sql!("SELECT {Author::id} FROM author"));
    assert_eq!(authors.to_sql(&Dialect::sqlite())?, r#"SELECT "id" FROM author"#);
    let by_column = sql!("SELECT {Author::name} FROM author WHERE {Author::id} = {5}");
    assert_eq!(session.one(raw("default", by_column).rows::<String>()).await?, r"100%_\");

    let (column, born) = (Author::born, 1);
    session.execute(raw("default", sql!("UPDATE author SET {column} = {born} WHERE {Author::id} = {2}"))).await?;
    assert_eq!(library.by_hand("SELECT born FROM author WHERE id = 2"), [["1"]]);
    let (some, all): (&[i64], &Vec<i64>) = (&[1, 2], &vec![3]);
    let ids = sql!("SELECT id FROM author WHERE id IN ({..some}) OR id IN ({..all}) ORDER BY id");
    assert_eq!(session.all(raw("default", ids).rows::<i64>()).await?, [1, 2, 3]);

    // A brace that is meant, and an empty list.
    assert_eq!(session.one(raw("default", sql!("SELECT '{{}}'")).rows::<String>()).await?, "{}");
    let nobody: [i64; 0] = [];
    let error = session.all(raw("default", sql!("SELECT id FROM author WHERE id IN ({..nobody})"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    assert!(error.to_string().starts_with("a list between the braces of `sql!` is empty"), "{error}");
    let error = session.all(raw("default", sql!("SELECT {1}")).param(2)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    let error = session.all(raw("default", sql!("SELECT {BOXES.col::<i64>(\"id\")}"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CrossBind);
    let error = session.all(raw("default", sql!("SELECT {Author::id + 1}"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    Ok(())
}

async fn fragments_are_expressions(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let (start, marks) = (2, "?$1 ?? it''s");
    // Question marks and dollars in its text are no placeholders.
    let text = sql!("concat({Book::title}, ' ?$1 ?? it''s ', upper({Book::language}))").expr::<String>();
    let long = sql!("length({Book::title}) > {start} * 3").expr::<bool>();
    if backend != Backend::Sqlite {
        let books = session.all(Book::select().columns((Book::id, text)).filter(long.clone()).order_by(Book::id.asc())).await?;
        assert_eq!(books[0], (2, format!("Pensées {} FR", marks.replace("''", "'"))));
    }
    let by_hand = library.by_hand("SELECT id FROM book WHERE length(title) > 6 AND pages > 300 ORDER BY id").concat();
    let both = Book::select().columns(Book::id).filter(Book::pages.gt(300).and(long)).order_by(Book::id.asc());
    assert_eq!(session.all(both).await?.into_iter().map(|(id,)| id.to_string()).collect::<Vec<_>>(), by_hand);
    // In an order, in an update, over an aggregate.
    let by_length = Book::select().columns(Book::id).order_by(sql!("length({Book::title})").expr::<i64>().desc()).order_by(Book::id.asc());
    assert_eq!(session.first(by_length).await?, Some((4,)));
    session.execute(Book::update().set(Book::pages.to(sql!("{Book::pages} * {2}").expr::<i32>())).filter(Book::id.eq(1))).await?;
    assert_eq!(library.by_hand("SELECT pages FROM book WHERE id = 1"), [["132"]]);
    let spread = sql!("{Book::pages.max()} - {Book::pages.min()}").expr::<i64>();
    assert_eq!(session.one(Book::select().columns(spread)).await?, (449,));
    Ok(())
}

async fn a_fragment_is_one_operand(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let either = || sql!("{Book::id} = {1} OR {Book::id} = {2}").expr::<bool>();
    let ids = async |books: bindery::query::Select<Book, _>| {
        Ok::<_, bindery::Error>(
            session.all(books.columns(Book::id).order_by(Book::id.asc())).await?.into_iter().map(|(id,)| id).collect::<Vec<_>>(),
        )
    };
    assert_eq!(ids(Book::select().filter(Book::pages.gt(300).and(either()))).await?, [2]);
    assert_eq!(ids(Book::select().filter(!either())).await?, [3, 4, 5, 6]);
    let more = sql!("{Book::pages} + {1}").expr::<i32>();
    assert_eq!(session.one(Book::select().columns((more.clone() * 2, more / 2)).filter(Book::id.eq(1))).await?, (134, Some(33)));
    Ok(())
}

/// As floats they would be the same.
async fn decimals_are_compared_as_such(backend: Backend) -> Result<()> {
    use crate::library::Ticket;

    let library = Library::empty(backend).await;
    let session = library.session();
    let prices: [rust_decimal::Decimal; 2] = ["12345678901234567.01", "12345678901234567.02"].map(|price| price.parse().unwrap());
    let ticket = |price| Ticket {
        code: uuid::Uuid::nil(),
        day: chrono::NaiveDate::default(),
        at: chrono::DateTime::default(),
        price,
        open: true,
        holder: None,
    };
    session.execute(Ticket::insert(prices.map(ticket))).await?;
    let price = prices[0];
    assert_eq!(session.count(raw("default", sql!("SELECT 1 FROM ticket WHERE price = {price}"))).await?, 1);
    assert_eq!(session.count(Ticket::select().filter(sql!("{Ticket::price} = {price}").expr::<bool>())).await?, 1);
    if backend.is_mysql() {
        // Which gets them as text, and computes with text as with floats.
        let more = prices[1];
        assert_eq!(session.count(raw("default", sql!("SELECT 1 FROM ticket WHERE price * 1 < {more} * 1"))).await?, 1);
        assert_eq!(session.count(Ticket::select().filter(sql!("{Ticket::price} * 1 < {more} * 1").expr::<bool>())).await?, 1);
    }
    Ok(())
}

async fn dynamic_rows(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let rows =
        session.all(raw("default", sql!("SELECT id, name, born, NULL AS missing FROM author WHERE id IN ({1}, {4}) ORDER BY id"))).await?;
    assert_eq!((rows[0].at::<i64>(0)?, rows[0].get::<String>("name")?, rows[1].get::<Option<i32>>("born")?), (1, "Ada".to_owned(), None));
    assert_eq!(rows[0].to_json()?, serde_json::json!({"id": 1, "name": "Ada", "born": 1815, "missing": null}));
    assert_eq!(
        session.one(SHELVES.select().filter(SHELVES.col::<i64>("id").eq(1))).await?.to_json()?,
        serde_json::json!({"id": 1, "room": "north"})
    );
    if backend == Backend::Postgres {
        let all = "SELECT true AS b, 1.50::numeric AS d, date '2005-05-24' AS day, timestamptz '2005-05-24 22:53:30.25+00' AS at,
            '\\x00ff'::bytea AS bytes, array[1, 2] AS list, '{\"a\": [1]}'::jsonb AS j, 0.5::float8 AS f";
        let expected = serde_json::json!({
            "b": true, "d": "1.50", "day": "2005-05-24", "at": "2005-05-24 22:53:30.25", "bytes": "00ff", "list": [1, 2], "j": {"a": [1]}, "f": 0.5
        });
        assert_eq!(session.one(raw("default", all)).await?.to_json()?, expected);
        let error = session.one(raw("default", "SELECT 'infinity'::float8 AS f")).await?.to_json().unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Decode, Some("f")));
    }
    Ok(())
}

async fn plans(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let plan = session.explain(Author::select().filter(Author::id.eq(1))).await?;
    let expected = match backend {
        Backend::Sqlite => "SEARCH author USING INTEGER PRIMARY KEY",
        Backend::Postgres => "author",
        Backend::MariaDb | Backend::MySql57 => "key: PRIMARY",
    };
    assert!(plan.contains(expected), "{plan}");
    assert!(!session.explain(raw("default", sql!("SELECT id FROM book WHERE pages > {1}"))).await?.is_empty());
    if backend != Backend::Sqlite {
        assert!(!session.explain(raw("default", "(SELECT id FROM book) UNION (SELECT id FROM author)")).await?.is_empty());
    }

    // What is explained is not run, whatever its text says.
    let before = library.by_hand("SELECT COUNT(*) FROM review");
    session.explain(raw("default", "DELETE FROM review").writes()).await?;
    session.explain(raw("default", "DELETE FROM review")).await?;
    for options in
        ["ANALYZE", "/* how? */ ANALYZE", "-- how?\n analyze", "(ANALYZE)", "(COSTS) ANALYZE", "FORMAT=JSON ANALYZE", "ANALYZE FORMAT=JSON"]
    {
        for statement in ["DELETE FROM review", "SELECT id FROM book"] {
            let asked = session.explain(raw("default", format!("{options} {statement}"))).await;
            assert_eq!(asked.map_err(|error| error.kind()), Err(ErrorKind::Sql), "{options} {statement}");
        }
    }
    assert_eq!(library.by_hand("SELECT COUNT(*) FROM review"), before);
    Ok(())
}

async fn batches(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let books = || Book::select().columns(Book::id).order_by(Book::id.asc());
    for (rows, expected) in [(1, vec![1; 6]), (4, vec![4, 2]), (6, vec![6]), (100, vec![6])] {
        let mut sizes = Vec::new();
        session
            .for_each_batch(books(), rows, async |batch| {
                sizes.push(batch.len());
                Ok(())
            })
            .await?;
        assert_eq!(sizes, expected);
    }
    let mut seen = 0;
    let error = session.for_each_batch(books(), 2, async |batch| {
        seen += batch.len();
        Err(bindery::Error::new(ErrorKind::InvalidValue, "enough"))
    });
    assert_eq!((error.await.unwrap_err().to_string().as_str(), seen), ("enough", 2));
    assert_eq!(session.for_each_batch(books(), 0, async |_| Ok(())).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
    let mut none = 0;
    session
        .for_each_batch(books().filter(Book::id.lt(0)), 2, async |_| {
            none += 1;
            Ok(())
        })
        .await?;
    assert_eq!(none, 0, "no rows, no batch");
    // What each does may ask the same databases, and the connection is free again afterwards.
    session.for_each_batch(books(), 4, async |batch| session.count(Book::select().filter(Book::id.le(batch[0].0))).await.map(drop)).await?;
    assert_eq!(library.databases.engine("default")?.pool_status().in_use, 0);
    Ok(())
}
