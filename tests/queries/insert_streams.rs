//! `insert_stream`: all or none, or a commit each so many rows; what a failure leaves, and that the source is held back.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bindery::prelude::*;
use bindery::{Error, ErrorKind, Result};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::library::{Author, Backend, Employee, Library, Seat, on_each_backend};

on_each_backend! {
    all_rows_of_a_stream_are_inserted_or_none,
    what_was_committed_before_a_failure_stays,
    the_source_is_held_back,
    what_the_stream_fails_with_is_told,
    a_row_that_does_not_fit_is_told_by_its_number,
    it_is_a_part_of_its_transaction,
    rows_that_are_there_are_updated,
    no_connection_is_held_between_commits,
    dropped_it_keeps_what_was_committed,
    dropped_in_a_transaction_it_leaves_nothing,
    rows_come_from_another_bind_of_its_transaction,
    it_ends_with_its_transaction,
    from_one_table_into_another,
}

fn seat(number: i32) -> Seat {
    Seat { row: 1, number, taken_by: Some("Ada".into()) }
}

/// How many seats are committed, as the witness has it.
fn seats(library: &Library) -> u64 {
    library.by_hand("SELECT count(*) FROM seat").concat().concat().parse().unwrap()
}

/// So many rows; the last one is there already.
fn failing(rows: i32) -> impl futures_util::Stream<Item = Seat> + Send {
    stream::iter((1..rows).chain([1]).map(seat))
}

async fn all_rows_of_a_stream_are_inserted_or_none(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let error = session.insert_stream(failing(3_500)).await.unwrap_err();
    assert_eq!((error.kind(), error.rows_committed()), (ErrorKind::UniqueViolation, Some(0)));
    assert!(error.to_string().contains("in rows 3001 to 3500 of the stream"), "{error}");
    assert_eq!(seats(&library), 0);
    assert_eq!(session.insert_stream(stream::iter((1..=3_500).map(seat))).await?, 3_500);
    assert_eq!(seats(&library), 3_500);
    assert_eq!(session.insert_stream(stream::empty::<Seat>()).await?, 0);
    assert_eq!(session.insert_stream(stream::empty::<Seat>()).commit_every(10).await?, 0);
    Ok(())
}

async fn what_was_committed_before_a_failure_stays(backend: Backend) -> Result<()> {
    for (every, committed) in [(1_500, 3_000), (700, 2_800), (1, 3_499), (4_000, 0)] {
        if every == 1 && backend != Backend::Sqlite {
            continue; // thousands of commits on a server's disk
        }
        let library = Library::empty(backend).await;
        let error = library.session().insert_stream(failing(3_500)).commit_every(every).await.unwrap_err();
        assert_eq!((error.kind(), error.rows_committed()), (ErrorKind::UniqueViolation, Some(committed)), "{every}");
        assert_eq!(seats(&library), committed, "{every}");
        let told = format!("\n  - rows of the stream that are committed: the first {committed}");
        assert_eq!(error.to_string().contains(&told), committed > 0, "{error}");
        // So the rest of the stream goes on behind it.
        let rest = stream::iter((1..3_500).map(seat)).skip(committed as usize);
        library.session().insert_stream(rest).commit_every(every).await?;
        assert_eq!(seats(&library), 3_499);
    }
    let library = Library::empty(backend).await;
    let none = library.session().insert_stream(failing(3)).commit_every(0).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::InvalidStatement);
    Ok(())
}

async fn the_source_is_held_back(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let given = AtomicU64::new(0);
    let rows = stream::iter(1..=4_200).map(|number| {
        given.fetch_add(1, Ordering::Relaxed);
        seat(number)
    });
    let mut told = Vec::new();
    let done = session.insert_stream(rows).commit_every(2_000).on_progress(|progress| {
        // No row is asked for before those in front of it are inserted.
        assert_eq!(given.load(Ordering::Relaxed), progress.rows);
        // And what is said to be committed is.
        assert_eq!(seats(&library), progress.committed);
        told.push((progress.rows, progress.committed));
    });
    assert_eq!(done.await?, 4_200);
    let expected = [(1_000, 0), (2_000, 0), (2_000, 2_000), (3_000, 2_000), (4_000, 2_000), (4_000, 4_000), (4_200, 4_000), (4_200, 4_200)];
    assert_eq!(told, expected);
    // Few large ones are not gathered either.
    let rows = stream::iter(10_000..10_040).map(|number| Seat { taken_by: Some("x".repeat(1 << 20)), ..seat(number) });
    let mut before = 0;
    let done = session.insert_stream(rows).on_progress(|progress| {
        assert!(progress.rows - before <= 8, "{before} to {}", progress.rows);
        before = progress.rows;
    });
    assert_eq!(done.await?, 40);
    Ok(())
}

async fn what_the_stream_fails_with_is_told(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let rows = (1..=2_500).map(|number| if number < 2_500 { Ok(seat(number)) } else { Err(io::Error::other("the file is cut off")) });
    let error = session.insert_stream(stream::iter(rows)).commit_every(1_000).await.unwrap_err();
    assert_eq!((error.kind(), error.rows_committed()), (ErrorKind::Source, Some(2_000)));
    assert_eq!(seats(&library), 2_000);
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the file is cut off");
    insta::assert_snapshot!(error, @r#"
    the stream of the rows failed; at row 2500 of the stream (bind `default`, table `seat`)
      - rows of the stream that are committed: the first 2000
    "#);
    // bindery's own stays what it is.
    let own = stream::iter([Err::<Seat, _>(Error::new(ErrorKind::Decode, "the value does not fit"))]);
    let error = session.insert_stream(own).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(seats(&library), 2_000);
    Ok(())
}

async fn a_row_that_does_not_fit_is_told_by_its_number(backend: Backend) -> Result<()> {
    use crate::library::NewMember;

    let library = Library::empty(backend).await;
    let email = |row: i32| if row == 1_234 { "x".repeat(61) } else { format!("{row}@x") };
    let rows = stream::iter((1..2_000).map(|row| NewMember { email: email(row), points: None, name: None }));
    let error = library.session().insert_stream(rows).commit_every(100).await.unwrap_err();
    assert_eq!((error.kind(), error.rows_committed(), error.column()), (ErrorKind::InvalidValue, Some(1_200), Some("email")));
    assert!(error.to_string().contains("at row 1234 of the stream"), "{error}");
    assert_eq!(library.by_hand("SELECT count(*) FROM member"), [["1200"]]);
    Ok(())
}

async fn it_is_a_part_of_its_transaction(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let tx = session.begin().await?;
    assert_eq!(tx.insert_stream(stream::iter((1..=1_500).map(seat))).await?, 1_500);
    tx.rollback().await?;
    assert_eq!(seats(&library), 0);
    // A failure undoes the stream's rows, and nothing else of the transaction.
    let tx = session.begin().await?;
    tx.insert(seat(9_999)).await?;
    assert_eq!(tx.insert_stream(failing(1_500)).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    let refused = tx.insert_stream(failing(1_500)).commit_every(10).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidStatement);
    tx.commit().await?;
    assert_eq!(library.by_hand("SELECT number FROM seat"), [["9999"]]);
    // Of rows that the same transaction is to give meanwhile, however few they are.
    let tx = session.begin().await?;
    let own = tx.stream(Seat::select()).map_ok(|seat| Seat { row: 2, ..seat });
    assert_eq!(tx.insert_stream(own).await.unwrap_err().kind(), ErrorKind::BindBusy);
    let committed = AtomicU64::new(0);
    let tell = |progress: bindery::query::Progress| committed.store(progress.committed, Ordering::Relaxed);
    assert_eq!(tx.insert_stream(stream::iter((1..=10).map(seat))).on_progress(tell).await?, 10);
    assert_eq!(committed.into_inner(), 0, "nothing of it is committed");
    tx.rollback().await?;
    assert_eq!(seats(&library), 1);
    Ok(())
}

async fn rows_that_are_there_are_updated(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    for name in ["Ada", "Bob"] {
        let rows = stream::iter((1..=1_500).map(|number| Seat { taken_by: Some(name.into()), ..seat(number) }));
        let upsert = session.insert_stream(rows).each_insert(|insert| insert.on_conflict_of("pk_seat").do_update(Seat::taken_by));
        assert_eq!(upsert.await?, 1_500);
    }
    assert_eq!(library.by_hand("SELECT taken_by, count(*) FROM seat GROUP BY taken_by"), [["Bob", "1500"]]);
    Ok(())
}

/// SQLite has one connection that writes.
async fn no_connection_is_held_between_commits(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let other = library.session();
    let rows = stream::iter(1..=6).then(|number| {
        let other = other.clone();
        async move {
            if number % 2 == 1 {
                // Whoever holds it would keep this waiting for ever.
                other.insert(Seat { row: 2, ..seat(number) }).await?;
            }
            Ok::<_, Error>(seat(number))
        }
    });
    let inserted = tokio::time::timeout(Duration::from_secs(20), session.insert_stream(rows).commit_every(2)).await;
    let Ok(inserted) = inserted else { panic!("a connection was held") };
    assert_eq!(inserted?, 6);
    assert_eq!(seats(&library), 9);
    Ok(())
}

async fn dropped_it_keeps_what_was_committed(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    // A row comes each time that it is asked twice, so that a drop can fall anywhere.
    for polls in (0..400).step_by(23) {
        session.execute(Seat::delete_all()).await?;
        let rows = stream::iter(1..=100).then(|number| async move {
            tokio::task::yield_now().await;
            seat(number)
        });
        let committed = AtomicU64::new(0);
        {
            let insert =
                session.insert_stream(rows).commit_every(10).on_progress(|progress| committed.store(progress.committed, Ordering::Relaxed));
            let mut insert = std::pin::pin!(insert.into_future());
            for _ in 0..polls {
                tokio::task::yield_now().await;
                if futures_util::poll!(insert.as_mut()).is_ready() {
                    break;
                }
            }
        }
        // The next statement comes after what the dropped one has left, and nothing waits for it.
        session.insert(Seat { row: 2, ..seat(1) }).await?;
        let there = seats(&library) - 1;
        // The commit that it was dropped in may have taken effect.
        let committed = committed.into_inner();
        assert!(there == committed || there == committed + 10, "{there} rows, {committed} said to be committed");
    }
    Ok(())
}

async fn dropped_in_a_transaction_it_leaves_nothing(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let tx = session.begin().await?;
    tx.insert(Seat { row: 2, ..seat(1) }).await?;
    // Its second thousand never comes.
    let rows = stream::iter((1..=1_500).map(seat)).chain(stream::pending());
    let inserted = AtomicU64::new(0);
    let insert = tx.insert_stream(rows).on_progress(|progress| inserted.store(progress.rows, Ordering::Relaxed));
    assert!(tokio::time::timeout(Duration::from_millis(500), insert.into_future()).await.is_err());
    assert_eq!(inserted.into_inner(), 1_000);
    tx.insert(Seat { row: 2, ..seat(2) }).await?;
    tx.commit().await?;
    assert_eq!(library.by_hand("SELECT seat.row, number FROM seat ORDER BY number"), [["2", "1"], ["2", "2"]]);
    Ok(())
}

async fn rows_come_from_another_bind_of_its_transaction(backend: Backend) -> Result<()> {
    use crate::library::BOXES;

    let library = Library::empty(backend).await;
    let tx = library.session().begin_with(Atomicity::BestEffort).await?;
    let (id, room) = (BOXES.col::<i64>("id"), BOXES.col::<String>("room"));
    for number in 1..=3 {
        tx.execute(BOXES.insert([id.clone().to(number), room.clone().to("north")])).await?;
    }
    let numbers = tx.stream(BOXES.select().columns(id)).map_ok(|(id,)| seat(id as i32));
    assert_eq!(tx.insert_stream(numbers).await?, 3);
    tx.commit().await?;
    assert_eq!(seats(&library), 3);
    Ok(())
}

async fn it_ends_with_its_transaction(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let tx = library.session().begin().await?;
    let clone = tx.clone();
    let mut tx = Some(tx);
    // It is over after the first thousand rows, and would be rolled back behind the back of who streams the others.
    let insert = clone.insert_stream(stream::iter((1..=1_500).map(seat))).on_progress(|_| tx = None);
    assert_eq!(insert.await.unwrap_err().kind(), ErrorKind::TransactionOver);
    assert_eq!(seats(&library), 0);
    Ok(())
}

async fn from_one_table_into_another(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let authors = session.stream(Author::select()).map_ok(|author| Employee { id: author.id + 100, name: author.name, manager_id: None });
    assert_eq!(session.insert_stream(authors).await?, 5);
    assert_eq!(library.by_hand("SELECT count(*) FROM employee WHERE id > 100"), [["5"]]);
    Ok(())
}
