//! A whole model is written to the row of its key, or deletes it; with a version, only where nobody has changed it since.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::library::{Author, Backend, Draft, Employee, Library, NewDraft, Pair, Seat, on_each_backend};

on_each_backend! {
    a_model_is_its_row,
    a_version_that_is_no_longer_the_rows_changes_nothing,
    of_two_who_write_at_once_one_has_written,
}

async fn a_model_is_its_row(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let mut ada = session.get::<Author>(1).await?.unwrap();
    ada.name = "Countess".into();
    ada.born = None;
    assert_eq!(session.update(ada.clone()).await?, ada);
    // The same again changes nothing, and its row is there all the same.
    session.update(ada).await?;
    assert_eq!(
        library.by_hand("SELECT id, name, born FROM author WHERE id <= 2 ORDER BY id"),
        [["1", "Countess", "NULL"], ["2", "Blaise", "1623"]]
    );

    // A key of two columns.
    session.insert_many([Seat { row: 1, number: 2, taken_by: None }, Seat { row: 2, number: 1, taken_by: None }]).await?;
    session.update(Seat { row: 1, number: 2, taken_by: Some("Ada".into()) }).await?;
    let seats = match backend.is_mysql() {
        true => "SELECT `row`, number, taken_by FROM seat ORDER BY 1",
        false => "SELECT row, number, taken_by FROM seat ORDER BY 1",
    };
    assert_eq!(library.by_hand(seats), [["1", "2", "Ada"], ["2", "1", "NULL"]]);
    session.delete(Seat { row: 1, number: 2, taken_by: None }).await?;
    assert_eq!(library.by_hand(seats), [["2", "1", "NULL"]]);

    let nobody = session.update(Author { id: 99, name: "x".into(), born: None }).await.unwrap_err();
    assert_eq!((nobody.kind(), nobody.table()), (ErrorKind::NotFound, Some("author")));
    assert!(nobody.to_string().starts_with("no row has this key (bind `default`, table `author`"), "{nobody}");
    assert_eq!(session.delete(Seat { row: 9, number: 9, taken_by: None }).await.unwrap_err().kind(), ErrorKind::NotFound);
    let referred = session.delete(session.get::<Employee>(1).await?.unwrap()).await.unwrap_err();
    assert_eq!(referred.kind(), ErrorKind::ForeignKeyViolation);
    let keys_only = session.update(Pair { a: 1, b: 2 }).await.unwrap_err();
    assert_eq!(keys_only.kind(), ErrorKind::InvalidStatement);

    let tx = session.begin().await?;
    tx.update(Author { id: 2, name: "nobody sees it".into(), born: None }).await?;
    tx.rollback().await?;
    assert_eq!(library.by_hand("SELECT name FROM author WHERE id = 2"), [["Blaise"]]);
    Ok(())
}

async fn a_version_that_is_no_longer_the_rows_changes_nothing(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let first = session.insert(NewDraft::new("one".into())).await?;
    assert_eq!(first.revision, 1);
    let second = session.update(Draft { text: "two".into(), ..first.clone() }).await?;
    assert_eq!((second.text.as_str(), second.revision), ("two", 2));
    for error in [
        session.update(Draft { text: "late".into(), ..first.clone() }).await.unwrap_err(),
        session.delete(first.clone()).await.unwrap_err(),
        session.update(Draft { id: 99, ..first }).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.table()), (ErrorKind::Stale, Some("draft")));
    }
    assert_eq!(library.by_hand("SELECT text, revision FROM draft"), [["two", "2"]]);
    // Whichever statement writes it, it is counted; unless that says otherwise.
    session.execute(Draft::update().set(Draft::text.to("by another way")).filter(Draft::id.eq(second.id))).await?;
    assert_eq!(session.update(second).await.unwrap_err().kind(), ErrorKind::Stale);
    let upsert = Draft::insert([Draft { id: 1, text: "by a third".into(), revision: 1 }]).on_conflict(Draft::id).do_update(Draft::text);
    session.execute(upsert).await?;
    assert_eq!(library.by_hand("SELECT text, revision FROM draft"), [["by a third", "4"]]);
    session.execute(Draft::update_all().set(Draft::revision.to(i32::MAX))).await?;
    let most = session.get::<Draft>(1).await?.unwrap();
    let error = session.update(Draft { text: "no more".into(), ..most }).await.unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Decode, Some("revision")), "{error}");
    assert_eq!(library.by_hand("SELECT text, revision FROM draft"), [["by a third".to_owned(), i32::MAX.to_string()]]);
    session.execute(Draft::update_all().set(Draft::revision.to(7))).await?;
    let second = session.get::<Draft>(1).await?.unwrap();

    let last = session.update(second).await?;
    session.delete(last).await?;
    assert_eq!(library.by_hand("SELECT count(*) FROM draft"), [["0"]]);
    Ok(())
}

async fn of_two_who_write_at_once_one_has_written(backend: Backend) -> Result<()> {
    let library = Library::open(backend).await;
    let session = library.session();
    let mut draft = session.insert(NewDraft::new(String::new())).await?;
    for turn in 0..10 {
        let write = |who: &str| session.update(Draft { text: format!("{who} {turn}"), ..draft.clone() });
        let (one, other) = tokio::join!(write("one"), write("other"));
        let (written, refused) = match (one, other) {
            (Ok(written), Err(refused)) | (Err(refused), Ok(written)) => (written, refused),
            both => panic!("{both:?}"),
        };
        assert_eq!(refused.kind(), ErrorKind::Stale);
        assert_eq!(library.by_hand("SELECT text, revision FROM draft"), [[written.text.clone(), (turn + 2).to_string()]]);
        draft = written;
    }
    Ok(())
}
