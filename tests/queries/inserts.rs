//! Inserts: from a select, with their rows back, with progress.

use std::sync::{Arc, Mutex};

use bindery::engine::{Capabilities, Dialect};
use bindery::prelude::*;
use bindery::query::Action;
use bindery::{ErrorKind, Result};

use crate::library::{
    Author, BOXES, Backend, Book, Draft, Employee, Library, Measure, Member, NewMember, SHELVES, Seat, Ticket, on_each_backend,
};

on_each_backend! {
    the_rows_of_a_select_are_inserted,
    those_of_a_union_or_of_the_table_itself_are_too,
    rows_of_a_select_that_are_there_stay_or_are_updated,
    of_rows_that_are_alike_the_last_one_counts,
    what_is_refused_is_refused_before_its_bind_joins,
    values_of_a_select_fit_their_columns,
    a_cte_is_in_the_select,
    rows_of_a_select_come_back_where_the_server_gives_them,
    upserted_rows_come_back,
    a_row_that_another_has_committed_since_comes_back,
    a_row_that_stays_comes_back_as_it_is_read,
    rows_of_others_are_not_waited_for,
    keys_of_many_types_are_told_apart_in_few_queries,
    a_key_that_the_server_has_in_other_words_is_found,
    many_rows_with_their_keys_come_back_in_their_order,
    a_constraint_is_told_by_its_name,
    an_upsert_counts_the_version_on,
    progress_is_told,
    wide_rows_are_as_many_statements_as_they_need,
    dropped_in_a_transaction_all_rows_are_there_or_none,
    many_large_rows_are_as_many_statements_as_they_need,
    the_same_insert_again_has_its_own_values,
}

fn member(email: &str, name: &str) -> NewMember {
    NewMember { email: email.into(), points: None, name: Some(name.into()) }
}

fn seat(row: i32, number: i32, taken_by: &str) -> Seat {
    Seat { row, number, taken_by: Some(taken_by.into()) }
}

fn measure(id: i64) -> Measure {
    Measure {
        id,
        price: rust_decimal::Decimal::new(id, 2),
        ratio: 0.5,
        small: 0.25,
        open: true,
        day: chrono::NaiveDate::default(),
        hour: chrono::NaiveTime::default(),
        local: chrono::NaiveDateTime::default(),
        at: None,
        code: uuid::Uuid::nil(),
        large: 7,
    }
}

/// As the witness has them.
fn seats(library: &Library) -> Vec<String> {
    let sql = "SELECT seat.row, number, taken_by FROM seat ORDER BY seat.row, number";
    library.by_hand(sql).iter().map(|row| row.join(" ")).collect()
}

fn members(library: &Library) -> Vec<String> {
    library.by_hand("SELECT email, points, name FROM member ORDER BY email").iter().map(|row| row.join(" ")).collect()
}

async fn the_rows_of_a_select_are_inserted(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    // The generated key and the default are the server's; what is not NULL goes into a column that can be.
    let titles = Book::select().columns((Book::title, Book::language)).filter(Book::pages.gt(300)).order_by(Book::id.desc()).limit(2);
    assert_eq!(session.execute(Member::insert_from((Member::email, Member::name), titles)).await?.rows_affected, Some(2));
    let by_hand = "SELECT email, points, name FROM member ORDER BY id";
    assert_eq!(library.by_hand(by_hand), [["Principes", "7", "fr"], ["Institutions", "7", "fr"]]);
    // Values and expressions.
    let most = Book::select().columns((value("author"), Book::pages.max().coalesce(0), value(2))).group_by(Book::author_id);
    let insert = Seat::insert_from((Seat::taken_by, Seat::row, Seat::number), most.filter(Book::author_id.eq(2)));
    session.execute(insert).await?;
    assert_eq!(seats(&library), ["400 2 author"]);
    // A bare table.
    let (id, room) = (SHELVES.col::<i64>("id"), SHELVES.col::<String>("room"));
    let more = SHELVES.select().columns((id.clone() + 10, room.clone())).filter(room.clone().eq("north"));
    assert_eq!(session.execute(SHELVES.insert_from((id, room), more)).await?.rows_affected, Some(2));
    assert_eq!(library.by_hand("SELECT id, room FROM shelves WHERE id > 3 ORDER BY id"), [["11", "north"], ["13", "north"]]);
    Ok(())
}

async fn those_of_a_union_or_of_the_table_itself_are_too(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let (authors, titles) =
        (Author::select().columns((Author::id + 100, Author::name)), Book::select().columns((Book::id + 200, Book::title)));
    let both = authors.filter(Author::id.le(2)).union_all(titles.filter(Book::id.le(2)));
    assert_eq!(session.execute(Employee::insert_from((Employee::id, Employee::name), both)).await?.rows_affected, Some(4));
    let by_hand = "SELECT id, name FROM employee WHERE id > 100 ORDER BY id";
    assert_eq!(library.by_hand(by_hand), [["101", "Ada"], ["102", "Blaise"], ["201", "Notes"], ["202", "Pensées"]]);
    let again = Author::select().columns((Author::name, Author::born)).filter(Author::born.lt(1700));
    session.execute(Author::insert_from((Author::name, Author::born), again)).await?;
    assert_eq!(library.by_hand("SELECT count(*) FROM author WHERE name = 'Blaise' AND born = 1623"), [["2"]]);
    Ok(())
}

async fn rows_of_a_select_that_are_there_stay_or_are_updated(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    session.execute(Seat::insert([seat(1, 1, "Ada"), seat(1, 2, "Bob")])).await?;
    // Of the table itself, whose columns are called as those that are inserted.
    let moved = || Seat::select().columns((Seat::row, Seat::number + 1, Seat::taken_by)).filter(Seat::number.eq(1));
    let insert = || Seat::insert_from((Seat::row, Seat::number, Seat::taken_by), moved());
    session.execute(insert().on_conflict((Seat::row, Seat::number)).do_nothing()).await?;
    assert_eq!(seats(&library), ["1 1 Ada", "1 2 Bob"]);
    session.execute(insert().on_conflict((Seat::row, Seat::number)).do_update(Seat::taken_by)).await?;
    assert_eq!(seats(&library), ["1 1 Ada", "1 2 Ada"]);
    // Without a filter: SQLite would take what comes for the condition of a join.
    session.execute(Author::insert([Author { id: 1, name: "Ada".into(), born: None }])).await?;
    for _ in 0..2 {
        let all = Author::select().columns((Author::id, Author::name));
        session.execute(Employee::insert_from((Employee::id, Employee::name), all).on_conflict(Employee::id).do_nothing()).await?;
    }
    assert_eq!(library.by_hand("SELECT id, name FROM employee"), [["1", "Ada"]]);
    // Of two tables that are called alike in their columns; the version is counted on.
    session.execute(Draft::insert([Draft { id: 1, text: "first".into(), revision: 4 }])).await?;
    let joined = Draft::select().join_on::<Author, _>(Author::id.eq(Draft::id)).columns((Draft::id, Author::name, Draft::revision));
    let insert = Draft::insert_from((Draft::id, Draft::text, Draft::revision), joined).on_conflict(Draft::id).do_update(Draft::text);
    session.execute(insert).await?;
    assert_eq!(library.by_hand("SELECT id, text, revision FROM draft"), [["1", "Ada", "5"]]);
    Ok(())
}

async fn of_rows_that_are_alike_the_last_one_counts(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    if backend == Backend::Postgres {
        return Ok(()); // It refuses two rows of one key.
    }
    for (order, last) in [(Author::id.asc(), "100%_\\"), (Author::id.desc(), "Ada")] {
        let names = Author::select().columns((value(1), value(1), Author::name)).order_by(order);
        let insert = Seat::insert_from((Seat::row, Seat::number, Seat::taken_by), names);
        session.execute(insert.on_conflict((Seat::row, Seat::number)).do_update(Seat::taken_by)).await?;
        assert_eq!(session.one(Seat::select()).await?.taken_by.as_deref(), Some(last));
    }
    Ok(())
}

async fn what_is_refused_is_refused_before_its_bind_joins(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let tx = library.session().begin().await?; // of one bind
    let (id, room) = (SHELVES.col::<i64>("id"), SHELVES.col::<String>("room"));
    let boxes = BOXES.select().columns((BOXES.col::<i64>("id"), BOXES.col::<String>("room")));
    let error = tx.execute(SHELVES.insert_from((id, room), boxes)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CrossBind, "{error:?}");
    let (id, room) = (BOXES.col::<i64>("id"), BOXES.col::<String>("room"));
    tx.execute(BOXES.insert([id.to(1), room.to("north")])).await?; // which could not join, had `default`
    tx.rollback().await
}

async fn values_of_a_select_fit_their_columns(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let long = Author::select().columns(value("x".repeat(61))).limit(1);
    let error = library.session().execute(Member::insert_from(Member::email, long)).await.unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidValue, Some("email")), "{error:?}");
    assert_eq!(members(&library), Vec::<String>::new());
    Ok(())
}

async fn a_cte_is_in_the_select(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let long = Book::select().filter(Book::pages.ge(400)).cte("long");
    let select = || long.select().columns((Book::id.of(&long) + 10, Book::title.of(&long)));
    for insert in [
        Employee::insert_from((Employee::id, Employee::name), select()),
        Employee::insert_from((Employee::id, Employee::name), select()).on_conflict(Employee::id).do_nothing(),
    ] {
        let done = session.execute(insert).await;
        if backend == Backend::MySql57 {
            assert_eq!(done.unwrap_err().kind(), ErrorKind::Unsupported);
        } else {
            done?;
        }
    }
    let names = library.by_hand("SELECT name FROM employee WHERE id > 10 ORDER BY id").concat();
    assert_eq!(names, if backend == Backend::MySql57 { vec![] } else { vec!["Pensées", "Institutions", "Principes"] });
    Ok(())
}

async fn rows_of_a_select_come_back_where_the_server_gives_them(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let titles = || Book::select().columns(Book::title).filter(Book::pages.gt(400)).order_by(Book::id.asc());
    let inserted = session.insert_returning(Member::insert_from(Member::email, titles())).await;
    if backend == Backend::MySql57 {
        let error = inserted.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
        assert_eq!(members(&library), Vec::<String>::new());
        return Ok(());
    }
    let rows = inserted?;
    assert_eq!(rows.iter().map(|row| (row.email.as_str(), row.points)).collect::<Vec<_>>(), [("Institutions", 7), ("Principes", 7)]);
    let ids = library.by_hand("SELECT id FROM member ORDER BY id").concat();
    assert_eq!(rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>(), ids);
    let again = Member::insert_from(Member::email, titles()).on_conflict(Member::email).do_nothing();
    assert_eq!(session.insert_returning(again).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
    Ok(())
}

async fn upserted_rows_come_back(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let ada = session.insert(member("ada@x", "Ada")).await?;
    let rows = || ["eve@x", "ada@x", "bob@x"].map(|email| member(email, "new"));
    let kept = session.insert_returning(Member::insert(rows()).on_conflict(Member::email).do_nothing()).await?;
    assert_eq!(kept.iter().map(|row| row.email.as_str()).collect::<Vec<_>>(), ["eve@x", "ada@x", "bob@x"]);
    assert_eq!(kept[1], ada);
    assert_eq!(members(&library), ["ada@x 7 Ada", "bob@x 7 new", "eve@x 7 new"]);
    let changed = session.insert_returning(Member::insert(rows()).on_conflict(Member::email).do_update(Member::name)).await?;
    assert_eq!(changed[1], Member { name: Some("new".into()), ..ada.clone() });
    assert_eq!((changed[0].id, changed[2].id), (kept[0].id, kept[2].id));
    assert_eq!(members(&library), ["ada@x 7 new", "bob@x 7 new", "eve@x 7 new"]);
    // One key twice: a row comes back for each that was given.
    let twice = Member::insert(["ada@x", "kim@x", "kim@x"].map(|email| member(email, "twice"))).on_conflict(Member::email).do_nothing();
    let twice = session.insert_returning(twice).await?;
    assert_eq!(twice.iter().map(|row| row.email.as_str()).collect::<Vec<_>>(), ["ada@x", "kim@x", "kim@x"]);
    assert_eq!(twice[1], twice[2]);
    // In a transaction, of which it is a part.
    let tx = session.begin().await?;
    let one = tx.insert_returning(Member::insert([member("lee@x", "Lee")]).on_conflict(Member::email).do_nothing()).await?;
    assert_eq!(one[0].name.as_deref(), Some("Lee"));
    tx.rollback().await?;
    assert_eq!(library.by_hand("SELECT count(*) FROM member WHERE email = 'lee@x'"), [["0"]]);
    // By a key that the rows don't give.
    let by_id = Member::insert([member("moe@x", "Moe")]).on_conflict(Member::id).do_nothing();
    let refused = session.insert_returning(by_id).await.unwrap_err().kind();
    // MySQL could take a conflict of the e-mail for it.
    assert_eq!(refused, if backend.is_mysql() { ErrorKind::Unsupported } else { ErrorKind::InvalidStatement });
    assert_eq!(library.by_hand("SELECT count(*) FROM member WHERE email = 'moe@x'"), [["0"]]);
    Ok(())
}

/// MySQL shows a transaction the rows as they were at its first select.
async fn a_row_that_another_has_committed_since_comes_back(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let ada = session.insert(member("ada@x", "Ada")).await?;
    if backend == Backend::Sqlite {
        return Ok(()); // Nobody else writes while a transaction is open.
    }
    let tx = session.begin().await?;
    assert_eq!(tx.count(Member::select()).await?, 1);
    let eve = session.insert(member("eve@x", "Eve")).await?;
    let both = ["ada@x", "eve@x"].map(|email| member(email, "new"));
    let kept = tx.insert_returning(Member::insert(both).on_conflict(Member::email).do_nothing()).await?;
    assert_eq!(kept, [ada, eve]);
    tx.commit().await
}

/// PostgreSQL has a float that bindery reads and does not write.
async fn a_row_that_stays_comes_back_as_it_is_read(backend: Backend) -> Result<()> {
    if backend != Backend::Postgres {
        return Ok(());
    }
    let library = Library::empty(backend).await;
    let session = library.session();
    let rows = || [measure(1), measure(2)];
    session.execute(Measure::insert(rows())).await?;
    session.execute(raw("default", "UPDATE measure SET ratio = 'NaN' WHERE id = 2")).await?;
    let kept = session.insert_returning(Measure::insert(rows()).on_conflict(Measure::id).do_nothing()).await?;
    assert!(kept[0] == measure(1) && kept[1].id == 2 && kept[1].ratio.is_nan(), "{kept:?}");
    Ok(())
}

/// A server may read a small table from its beginning to its end, also for a few keys.
async fn rows_of_others_are_not_waited_for(backend: Backend) -> Result<()> {
    if backend == Backend::Sqlite {
        return Ok(()); // It has one writer.
    }
    let library = Library::empty(backend).await;
    let session = library.session();
    session.execute(Seat::insert((0..10).map(|number| seat(0, number, "there")))).await?;
    let upsert =
        |row: i32| Seat::insert((0..20).map(|number| seat(row, number, "new"))).on_conflict((Seat::row, Seat::number)).do_nothing();
    let (one, other) = (session.begin().await?, session.begin().await?);
    one.insert_returning(upsert(1)).await?;
    // Of the first one's rows none is asked for, and it goes on holding them.
    let second = tokio::time::timeout(std::time::Duration::from_secs(20), other.insert_returning(upsert(2))).await;
    assert_eq!(second.map_err(|_| "it waits").unwrap()?.len(), 20);
    one.insert_returning(upsert(3)).await?;
    other.commit().await?;
    one.commit().await?;
    assert_eq!(library.by_hand("SELECT count(*) FROM seat"), [["70"]]);
    Ok(())
}

async fn keys_of_many_types_are_told_apart_in_few_queries(backend: Backend) -> Result<()> {
    use chrono::{DateTime, Days, NaiveDate};

    const ROWS: u32 = 400;
    let library = Library::empty(backend).await;
    let session = library.session();
    let ticket = |number: u32| Ticket {
        code: uuid::Uuid::from_u128(u128::from(number % 7) << 64),
        day: NaiveDate::from_ymd_opt(2024, 2, 28).unwrap() + Days::new(u64::from(number % 5)),
        at: DateTime::from_timestamp(i64::from(number), 123_456_000).unwrap(),
        price: rust_decimal::Decimal::new(i64::from(number) * 10, 1),
        open: number.is_multiple_of(2),
        holder: None,
    };
    let rows = || (0..ROWS).rev().map(ticket);
    session.execute(Ticket::insert(rows().step_by(2))).await?;
    let tx = session.begin().await?;
    let selects = async || -> Result<i64> {
        let count = raw("default", "SHOW SESSION STATUS LIKE 'Com_select'").rows::<(String, String)>();
        Ok(if backend.is_mysql() { tx.one(count).await?.1.parse().unwrap() } else { 0 })
    };
    let before = selects().await?;
    let key = (Ticket::code, Ticket::day, Ticket::at, Ticket::price, Ticket::open);
    let found = tx.insert_returning(Ticket::insert(rows()).on_conflict(key).do_nothing()).await?;
    let asked = selects().await? - before;
    tx.commit().await?;
    assert_eq!(found.len(), ROWS as usize);
    assert!(found.iter().eq(rows().collect::<Vec<_>>().iter()));
    assert!(asked <= 4, "{asked} selects for {ROWS} rows");
    Ok(())
}

async fn a_key_that_the_server_has_in_other_words_is_found(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    if !backend.is_mysql() {
        return Ok(()); // Their columns mind the case.
    }
    let careless = "ALTER TABLE member MODIFY email varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL";
    session.execute(raw("default", careless)).await?;
    session.execute(Member::insert([member("ada@x", "Ada")])).await?;
    let rows = ["BOB@x", "ADA@x"].map(|email| member(email, "new"));
    let kept = session.insert_returning(Member::insert(rows).on_conflict(Member::email).do_nothing()).await?;
    assert_eq!(kept.iter().map(|row| row.email.as_str()).collect::<Vec<_>>(), ["BOB@x", "ada@x"]);
    assert_eq!(members(&library), ["ada@x 7 Ada", "BOB@x 7 new"]);
    Ok(())
}

async fn many_rows_with_their_keys_come_back_in_their_order(backend: Backend) -> Result<()> {
    const ROWS: i32 = 1_000;
    let library = Library::empty(backend).await;
    let session = library.session();
    // Not in the order of the key.
    let rows = || (0..ROWS).map(|number| seat(number * 7 % ROWS, number, "Ada"));
    let tx = session.begin().await?;
    let selects = async || -> Result<i64> {
        let count = raw("default", "SHOW SESSION STATUS LIKE 'Com_select'").rows::<(String, String)>();
        Ok(if backend == Backend::MySql57 { tx.one(count).await?.1.parse().unwrap() } else { 0 })
    };
    let before = selects().await?;
    let inserted = tx.insert_many(rows()).await?;
    let asked = selects().await? - before;
    assert!(inserted.iter().eq(rows().collect::<Vec<_>>().iter()));
    assert!(asked <= 5, "{asked} selects for {ROWS} rows");
    let updated = tx.insert_returning(Seat::insert(rows()).on_conflict((Seat::row, Seat::number)).do_update(Seat::taken_by)).await?;
    assert!(updated.iter().eq(rows().collect::<Vec<_>>().iter()));
    tx.commit().await?;
    assert_eq!(library.by_hand("SELECT count(*) FROM seat"), [[ROWS.to_string()]]);
    Ok(())
}

async fn a_constraint_is_told_by_its_name(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    for name in ["Ada", "Countess"] {
        session.execute(Member::insert([member("ada@x", name)]).on_conflict_of("uq_member_email").do_update(Member::name)).await?;
        session.execute(Seat::insert([seat(1, 1, name)]).on_conflict_of("pk_seat").do_nothing()).await?;
    }
    assert_eq!((members(&library), seats(&library)), (vec!["ada@x 7 Countess".to_owned()], vec!["1 1 Ada".to_owned()]));
    let error = session.execute(Member::insert([member("ada@x", "Ada")]).on_conflict_of("uq_email").do_nothing()).await.unwrap_err();
    insta::assert_snapshot!(error, @"the table declares no key or unique constraint `uq_email`: it has `pk_member`, `uq_member_email` (bind `default`, table `member`)");
    Ok(())
}

async fn an_upsert_counts_the_version_on(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let draft = |text: &str| Draft { id: 1, text: text.into(), revision: 1 };
    let upsert = |text: &str| Draft::insert([draft(text)]).on_conflict(Draft::id).do_update(Draft::text);
    for text in ["first", "second", "third"] {
        session.execute(upsert(text)).await?;
    }
    assert_eq!(library.by_hand("SELECT text, revision FROM draft"), [["third", "3"]]);
    assert_eq!(session.insert_returning(upsert("fourth")).await?, [Draft { revision: 4, ..draft("fourth") }]);
    Ok(())
}

async fn progress_is_told(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = || {
        let told = told.clone();
        move |progress: bindery::query::Progress| told.lock().unwrap().push((progress.rows, progress.total, progress.committed))
    };
    let taken = || std::mem::take(&mut *told.lock().unwrap());
    let rows = (0..25_000).map(|number| seat(1, number, "Ada"));
    session.execute(Seat::insert(rows).on_progress(tell())).await?;
    let told = taken();
    // Where a statement takes few parameters there are more of them, but for that each has ten thousand rows.
    let expected = [10_000, 20_000, 25_000].map(|rows| (rows, Some(25_000), 0));
    assert!(expected.iter().all(|step| told.contains(step)) || backend != Backend::Postgres, "{told:?}");
    assert!(told.is_sorted() && told.len() >= 3 && told.last() == expected.last(), "{told:?}");
    session.insert_many([seat(2, 1, "Ada")]).await?;
    assert_eq!(taken(), []);
    session.insert_returning(Seat::insert([seat(2, 2, "Ada"), seat(2, 3, "Ada")]).on_progress(tell())).await?;
    let kept = Seat::insert([seat(2, 3, "Bob"), seat(2, 4, "Bob")]).on_conflict((Seat::row, Seat::number)).do_nothing();
    session.insert_returning(kept.on_progress(tell())).await?;
    assert_eq!(taken(), [(2, Some(2), 0), (2, Some(2), 0)]);
    let names = Author::select().columns((Author::id + 100, Author::name));
    session.execute(Employee::insert_from((Employee::id, Employee::name), names).on_progress(tell())).await?;
    assert_eq!(taken(), [(5, None, 0)]);
    Ok(())
}

/// More values than a statement has parameters on any backend.
async fn wide_rows_are_as_many_statements_as_they_need(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let done = library.session().execute(Measure::insert((0..7_000).map(measure))).await?;
    assert_eq!(done.rows_affected, Some(7_000));
    assert_eq!(library.by_hand("SELECT count(*), min(id), max(id) FROM measure"), [["7000", "0", "6999"]]);
    Ok(())
}

async fn dropped_in_a_transaction_all_rows_are_there_or_none(backend: Backend) -> Result<()> {
    const ROWS: i32 = 40_000;
    let library = Library::empty(backend).await;
    let session = library.session();
    let mut ends = [0, 0];
    for (round, wait) in (1..).zip((0..400).step_by(40)) {
        let tx = session.begin().await?;
        tx.insert(seat(0, round, "before")).await?;
        let rows = (0..ROWS).map(|number| seat(round, number, "Ada"));
        let insert = tx.execute(Seat::insert(rows).on_progress(|_| {})); // ten thousand at a time, on each backend
        let dropped = tokio::time::timeout(std::time::Duration::from_millis(wait), insert).await.is_err();
        // Where the server gave up the whole transaction for that, it says so, and there is nothing.
        let committed = tx.commit().await.is_ok();
        let there = library.by_hand(&format!("SELECT count(*) FROM seat WHERE seat.row = {round}")).concat().concat();
        let all = if committed && !dropped { ROWS.to_string() } else { "0".to_owned() };
        // It may have been dropped when all was done.
        assert!(there == all || (dropped && committed && there == ROWS.to_string()), "{there} rows: {dropped} {committed}");
        ends[usize::from(dropped)] += 1;
    }
    assert!(ends[1] > 0, "{ends:?}");
    Ok(())
}

/// MySQL 5.7 takes four mebibytes at once.
async fn many_large_rows_are_as_many_statements_as_they_need(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let large = |number| Seat { taken_by: Some("x".repeat(1 << 20)), ..seat(1, number, "") };
    library.session().execute(Seat::insert((0..20).map(large))).await?;
    library.session().insert_many((20..40).map(large)).await?;
    assert_eq!(library.by_hand("SELECT count(*), min(length(taken_by)) FROM seat"), [["40", "1048576"]]);
    Ok(())
}

/// The table keeps its text, and nothing else of it.
async fn the_same_insert_again_has_its_own_values(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    for (email, points) in [("a", None), ("b", Some(1)), ("c", None), ("d", Some(2))] {
        let member = session.insert(NewMember { email: email.into(), points, name: None }).await?;
        assert_eq!((member.email.as_str(), member.points), (email, points.unwrap_or(7)));
        session.execute(Member::insert([NewMember { email: format!("{email}{email}"), points, name: Some("x".into()) }])).await?;
    }
    let expected = ["a 7 NULL", "aa 7 x", "b 1 NULL", "bb 1 x", "c 7 NULL", "cc 7 x", "d 2 NULL", "dd 2 x"];
    assert_eq!(members(&library), expected);
    Ok(())
}

#[test]
fn it_is_said_as_each_dialect_does() {
    let capabilities = Capabilities::none("a test");
    let select = || Author::select().columns((Author::id, value("x"))).filter(Author::born.gt(1700)).limit(3);
    let mut texts = Vec::new();
    for dialect in [Dialect::sqlite(), Dialect::postgres(), Dialect::mysql()] {
        let insert = || Employee::insert_from((Employee::id, Employee::name), select());
        for insert in [insert(), insert().on_conflict(Employee::id).do_update(Employee::name)] {
            texts.extend(insert.to_sql(&dialect, &capabilities).unwrap());
        }
    }
    insta::assert_snapshot!(texts.join("\n"), @r#"
    INSERT INTO "employee" ("id", "name") SELECT "author"."id", ? FROM "author" WHERE "author"."born" > ? LIMIT 3
    INSERT INTO "employee" ("id", "name") SELECT "c0", "c1" FROM (SELECT "author"."id" AS "c0", ? AS "c1" FROM "author" WHERE "author"."born" > ? LIMIT 3) AS "inserted" WHERE 1 = 1 ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name"
    INSERT INTO "employee" ("id", "name") SELECT "author"."id", $1 FROM "author" WHERE "author"."born" > $2 LIMIT 3
    INSERT INTO "employee" ("id", "name") SELECT "author"."id", $1 FROM "author" WHERE "author"."born" > $2 LIMIT 3 ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name"
    INSERT INTO `employee` (`id`, `name`) SELECT `author`.`id`, ? FROM `author` WHERE `author`.`born` > ? LIMIT 3
    INSERT INTO `employee` (`id`, `name`) SELECT `c0`, `c1` FROM (SELECT `author`.`id` AS `c0`, ? AS `c1` FROM `author` WHERE `author`.`born` > ? LIMIT 3) AS `inserted` WHERE 1 = 1 ON DUPLICATE KEY UPDATE `name` = VALUES(`name`)
    "#);
}

#[test]
fn what_could_be_silent_is_refused() {
    let refused = |action: &dyn Action| action.to_sql(&Dialect::sqlite(), &Capabilities::none("a test")).unwrap_err();
    let twice = Employee::insert_from((Employee::id, Employee::id), Author::select().columns((Author::id, Author::id)));
    insta::assert_snapshot!(refused(&twice), @"the insert names the column twice (table `employee`, column `id`)");
    let year = crate::library::Dated::year;
    let other = Author::insert_from(year, Book::select().columns(Book::pages));
    insta::assert_snapshot!(refused(&other), @"an insert names columns of the table that rows are inserted into (table `author`)");
}
