//! What each verb makes of a statement.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use futures_util::{StreamExt, TryStreamExt};

use crate::library::{
    Author, Backend, Book, Cell, Employee, Event, Library, Misfit, NewAuthor, NewBook, NewDated, NewEvent, Seat, on_each_backend,
};

on_each_backend! {
    one_is_one,
    optional_and_first_differ_where_there_are_several,
    count_and_exists_of_what_is_grouped_limited_or_distinct,
    get_takes_simple_and_composite_keys,
    a_stream_gives_every_row_and_ends,
    inserted_rows_come_back_in_their_order_with_their_keys,
    more_rows_than_one_statement_carries_are_all_or_none,
    inserted_rows_that_dont_fit_their_model_are_there_and_it_is_said,
    what_is_left_to_the_server_is_there_in_the_row,
    a_statement_is_a_value_that_runs_more_than_once,
    raw_sql_that_ends_in_a_comment_is_counted,
    a_table_that_refers_to_itself_is_dropped_with_its_rows,
    a_row_that_is_still_referred_to_is_kept,
}

fn named(name: &str) -> NewAuthor {
    NewAuthor { name: name.into(), born: None }
}

async fn one_is_one(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let by_id = |id: i64| Author::select().filter(Author::id.eq(id));
    assert_eq!(session.one(by_id(1)).await?.name, "Ada");
    let none = session.one(by_id(99)).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
    insta::assert_snapshot!(none, @"one row was asked for, and there is none (bind `default`, table `author`)");
    let several = session.one(Author::select()).await.unwrap_err();
    assert_eq!(several.kind(), ErrorKind::TooManyRows);
    insta::assert_snapshot!(
        several,
        @"at most one row was asked for, and there are more: `first` takes any of them (bind `default`, table `author`)"
    );
    Ok(())
}

async fn optional_and_first_differ_where_there_are_several(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let nobody = || Author::select().filter(Author::id.gt(99));
    assert_eq!(session.optional(nobody()).await?, None);
    assert_eq!(session.first(nobody()).await?, None);
    assert_eq!(session.optional(Author::select().filter(Author::id.eq(2))).await?.unwrap().name, "Blaise");
    assert_eq!(session.optional(Author::select()).await.unwrap_err().kind(), ErrorKind::TooManyRows);
    assert_eq!(session.first(Author::select().order_by(Author::id.desc())).await?.unwrap().id, 5);
    assert_eq!(session.optional(Author::select().order_by(Author::id.asc()).limit(1)).await?.unwrap().id, 1, "its own limit counts");
    Ok(())
}

async fn count_and_exists_of_what_is_grouped_limited_or_distinct(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    assert_eq!(session.count(Book::select()).await?, 6);
    assert_eq!(session.count(Book::select().limit(4)).await?, 4);
    assert_eq!(session.count(Book::select().limit(4).offset(4)).await?, 2);
    assert_eq!(session.count(Book::select().columns(Book::language).distinct()).await?, 2);
    assert_eq!(session.count(Book::select().columns((Book::language, count())).group_by(Book::language)).await?, 2);
    assert_eq!(session.count(Book::select().columns(Book::pages.max())).await?, 1);
    assert_eq!(session.count(Book::select().join::<Author>()).await?, 6);
    assert!(!session.exists(Book::select().limit(0)).await?);
    assert!(session.exists(Book::select().filter(Book::pages.eq(1))).await?);
    Ok(())
}

async fn get_takes_simple_and_composite_keys(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    assert_eq!(session.get::<Author>(3).await?.unwrap().name, "Émilie");
    assert_eq!(session.get::<Author>(33).await?, None);
    let seat = |row, number| Seat { row, number, taken_by: Some(format!("{row}-{number}")) };
    session.execute(Seat::insert([seat(1, 2), seat(2, 1), seat(1, 1)])).await?;
    assert_eq!(session.get::<Seat>((1, 2)).await?, Some(seat(1, 2)));
    assert_eq!(session.get::<Seat>((2, 2)).await?, None);
    assert_eq!(session.execute(Seat::insert([seat(1, 2)])).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    Ok(())
}

async fn a_stream_gives_every_row_and_ends(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    session.execute(Author::insert((0..5_000).map(|number| named(&number.to_string())))).await?;
    let mut stream = session.stream(Author::select().order_by(Author::id.asc()));
    let mut read = 0;
    while let Some(author) = stream.next().await {
        assert_eq!(author?.name, read.to_string());
        read += 1;
    }
    assert_eq!(read, 5_000);
    assert!(stream.next().await.is_none(), "it stays at its end");
    let none: Vec<_> = session.stream(Author::select().filter(Author::id.lt(0))).try_collect().await?;
    assert!(none.is_empty());
    // An error comes as an item, and is the last one.
    let mut wrong = session.stream(raw("default", "SELECT name FROM author").rows::<(i64,)>());
    let error = wrong.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Decode, Some("name")));
    assert!(wrong.next().await.is_none());
    Ok(())
}

async fn inserted_rows_come_back_in_their_order_with_their_keys(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let rows = session.insert_many((0..5_000).map(|number| named(&format!("{:04}", number * 7919 % 5_000)))).await?;
    assert_eq!(rows.len(), 5_000);
    for (number, row) in rows.iter().enumerate() {
        assert_eq!((row.id, &row.name), (number as i64 + 1, &format!("{:04}", number * 7919 % 5_000)));
    }
    let by_hand = library.by_hand("SELECT id, name FROM author ORDER BY id");
    assert_eq!(by_hand, rows.iter().map(|row| vec![row.id.cell(), row.name.as_str().cell()]).collect::<Vec<_>>());
    assert_eq!(session.insert_many(Vec::<NewAuthor>::new()).await?, []);
    assert_eq!(session.execute(Author::insert(Vec::<NewAuthor>::new())).await?.rows_affected, Some(0));
    Ok(())
}

async fn inserted_rows_that_dont_fit_their_model_are_there_and_it_is_said(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    session.execute(raw("default", "DROP TABLE misfit")).await?;
    session.execute(raw("default", "CREATE TABLE misfit (id BIGINT PRIMARY KEY, amount TEXT NOT NULL CHECK (amount <> '13'))")).await?;
    let rows = |ids: std::ops::Range<i64>| ids.map(|id| Misfit { id, amount: 5 });
    let there = || library.by_hand("SELECT count(*) FROM misfit")[0][0].clone();

    // Many are read in several parts, and the first row of the first one doesn't fit.
    let one = session.insert(Misfit { id: 0, amount: 5 }).await.unwrap_err();
    let many = session.insert_many(rows(1..5_000)).await.unwrap_err();
    for error in [one, many] {
        let place = (error.kind(), error.bind(), error.table(), error.column());
        assert_eq!(place, (ErrorKind::Decode, Some(bindery::BindKey::DEFAULT), Some("misfit"), Some("amount")));
        assert!(error.to_string().contains("; the rows are in the database all the same (bind"), "{error}");
    }
    assert_eq!(there(), "5000");

    // What the server refuses is not there, and not said to be.
    let (refused, kind) = match backend {
        // It reads CHECK, and checks nothing.
        Backend::MySql57 => (Misfit { id: 0, amount: 13 }, ErrorKind::UniqueViolation),
        // It gives the first row back before it looks at the second.
        Backend::MariaDb => (Misfit { id: 5_001, amount: 13 }, ErrorKind::Decode),
        _ => (Misfit { id: 5_001, amount: 13 }, ErrorKind::CheckViolation),
    };
    let refused = session.insert_many([Misfit { id: 5_000, amount: 5 }, refused]).await.unwrap_err();
    assert_eq!(refused.kind(), kind);
    assert!(!refused.to_string().contains("all the same"), "{refused}");
    assert_eq!(there(), "5000");

    let tx = session.begin().await?;
    let error = tx.insert(Misfit { id: 6_000, amount: 5 }).await.unwrap_err();
    assert!(error.to_string().contains("; the rows are in the transaction all the same (bind"), "{error}");
    tx.rollback().await?;
    assert_eq!(there(), "5000");

    if backend != Backend::Postgres {
        // Several statements are a transaction of their own, which is rolled back.
        let error = session.insert_many(rows(10_000..50_000)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(!error.to_string().contains("all the same"), "{error}");
        assert_eq!(there(), "5000");
    }
    Ok(())
}

async fn more_rows_than_one_statement_carries_are_all_or_none(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    // Three parameters a row, 32,766 a statement, on SQLite.
    let employees = |last: i64| (1..=11_000).chain([last]).map(|id| Employee { id, name: id.to_string(), manager_id: None });
    let error = session.insert_many(employees(1)).await.unwrap_err();
    // MySQL names the key, and not its columns.
    let column = (!backend.is_mysql()).then_some("id");
    assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::UniqueViolation, Some("employee"), column));
    assert_eq!(library.by_hand("SELECT count(*) FROM employee"), [["0"]]);
    let rows = session.insert_many(employees(11_001)).await?;
    assert!(rows.iter().enumerate().all(|(number, row)| row.id == number as i64 + 1));
    assert_eq!(library.by_hand("SELECT count(*) FROM employee"), [["11001"]]);
    Ok(())
}

async fn what_is_left_to_the_server_is_there_in_the_row(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let book =
        |title: &str, language: Option<&str>| NewBook { author_id: 1, title: title.into(), pages: 1, language: language.map(Into::into) };
    // Mixed: three statements, one transaction, the rows in their order.
    let books = session.insert_many([book("a", None), book("b", Some("de")), book("c", None), book("d", None)]).await?;
    assert_eq!(
        books.iter().map(|book| (book.title.as_str(), book.language.as_str())).collect::<Vec<_>>(),
        [("a", "en"), ("b", "de"), ("c", "en"), ("d", "en")]
    );
    let event = session.insert(NewEvent { dated: NewDated { year: 1984 } }).await?;
    assert_eq!(session.all(Event::select().filter(crate::library::Dated::year.eq(1984))).await?, [event]);
    Ok(())
}

async fn a_statement_is_a_value_that_runs_more_than_once(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let french = Book::select().filter(Book::language.eq("fr"));
    assert_eq!(session.count(&french).await?, 4);
    assert_eq!(session.all(&french).await?.len(), 4);
    assert_eq!(session.all(french.clone().limit(1)).await?.len(), 1);
    let insert = Author::insert([named("again")]);
    session.execute(&insert).await?;
    session.execute(&insert).await?;
    assert_eq!(session.count(Author::select().filter(Author::name.eq("again"))).await?, 2);
    Ok(())
}

async fn raw_sql_that_ends_in_a_comment_is_counted(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let commented = raw("default", "SELECT * FROM author -- all of them");
    assert_eq!(library.session().count(&commented).await?, 5);
    assert!(library.session().exists(&commented).await?);
    Ok(())
}

async fn a_table_that_refers_to_itself_is_dropped_with_its_rows(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    assert!(library.session().exists(Employee::select().filter(Employee::manager_id.is_not_null())).await?);
    library.databases.drop_all("default").await?;
    assert!(library.tables().is_empty());
    Ok(())
}

async fn a_row_that_is_still_referred_to_is_kept(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let managers = Employee::select().columns(Employee::id).filter(Employee::manager_id.is_null());
    let by_subquery = library.session().execute(Employee::delete().filter(Employee::id.in_(managers))).await.unwrap_err();
    let by_key = library.session().execute(Employee::delete().filter(Employee::id.eq(1))).await.unwrap_err();
    // It reads in no subquery what it deletes from.
    let of_subquery = if backend == Backend::MySql57 { ErrorKind::Unsupported } else { ErrorKind::ForeignKeyViolation };
    assert_eq!((by_subquery.kind(), by_key.kind()), (of_subquery, ErrorKind::ForeignKeyViolation));
    assert_eq!(library.by_hand("SELECT count(*) FROM employee"), [["4"]]);
    Ok(())
}
