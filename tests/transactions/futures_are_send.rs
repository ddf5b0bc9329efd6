//! Every future of a session can go to another thread. That this compiles is the test.

use bindery::SqliteDriver;
use bindery::engine::Engine;
use bindery::prelude::*;
use bindery::session::Atomicity;
use futures_util::StreamExt;

use crate::two_files::{Note, note};

fn assert_send<T: Send>(value: T) -> T {
    value
}

async fn every_verb<E: Engine + ?Sized>(databases: &Databases<E>) -> bindery::Result<()> {
    assert_send(databases.create_all(All)).await?;
    let session = assert_send(databases.session());
    let ada = assert_send(session.insert(note("ada"))).await?;
    assert_send(session.insert_many([note("one"), note("two")])).await?;
    assert_send(session.execute(Note::insert([note("three")]))).await?;
    assert_send(session.execute(Note::update_all().set(Note::parent_id.to(None::<i64>)))).await?;
    assert_send(session.execute(Note::delete().filter(Note::text.eq("three")))).await?;
    assert_send(session.execute(raw("default", "DELETE FROM note WHERE text = ?").param("two"))).await?;
    assert_send(session.all(Note::select())).await?;
    assert_send(session.all(&Note::select())).await?;
    assert_send(session.all(Note::select().columns(Note::id).union(Note::select().columns(Note::id)))).await?;
    assert_send(session.all(raw("default", "SELECT 1").rows::<(i64,)>())).await?;
    assert_send(session.one(Note::select().filter(Note::id.eq(ada.id)))).await?;
    assert_send(session.optional(Note::select().filter(Note::id.eq(ada.id)))).await?;
    assert_send(session.first(Note::select())).await?;
    assert_send(session.count(Note::select())).await?;
    assert_send(session.exists(Note::select())).await?;
    assert_send(session.get::<Note>(ada.id)).await?;
    assert_send(session.stream(Note::select())).next().await.unwrap()?;
    assert_send(session.page(Note::select(), 1, 10)).await?;
    assert_send(session.page_uncounted(Note::select(), 1, 10)).await?;
    assert_send(session.cursor_page(Note::select().order_by(Note::text.asc()), None, 10)).await?;
    assert_send(session.explain(Note::select())).await?;
    let returned = assert_send(session.insert_returning(Note::insert([note("four"), note("five")]))).await?;
    let mut rows = returned.into_iter();
    assert_send(session.update(rows.next().unwrap())).await?;
    assert_send(session.delete(rows.next().unwrap())).await?;
    assert_send(session.insert_stream(futures_util::stream::iter([note("six")])).into_future()).await?;
    let tx = assert_send(assert_send(session.begin()).await?);
    let nested = assert_send(tx.begin()).await?;
    assert_send(nested.rollback()).await?;
    assert_send(tx.commit()).await?;
    assert_send(session.begin_with(Atomicity::BestEffort)).await?.rollback().await?;
    assert_send(databases.drop_all(All)).await?;
    assert_send(databases.close()).await;
    Ok(())
}

#[tokio::test]
async fn of_mixed_backends_and_of_one() -> bindery::Result<()> {
    let mixed = Databases::builder().driver(SqliteDriver).bind("default", "sqlite://").bind("auth", "sqlite://");
    let mixed = assert_send(mixed.connect()).await?;
    assert_send(every_verb(&mixed)).await?;
    let one = Databases::with_driver(SqliteDriver).bind("default", "sqlite://").bind("auth", "sqlite://");
    let one = assert_send(one.connect()).await?;
    assert_send(every_verb(&one)).await
}

/// Spawned as a whole: nothing that is held over an await keeps it on one thread.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_whole_task() {
    let databases =
        Databases::builder().driver(SqliteDriver).bind("default", "sqlite://").bind("auth", "sqlite://").connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    let task = tokio::spawn(async move {
        let tx = databases.session().begin().await?;
        tx.insert(note("spawned")).await?;
        let texts: Vec<_> = (0..20_000).map(|number| format!("spawned {number}")).collect();
        let rows = texts.iter().map(|text| note(text));
        tx.insert_many(rows).await?; // several statements
        tx.for_each_batch(Note::select(), 100, async |_| Ok(())).await?;
        let mut stream = tx.stream(Note::select());
        while let Some(note) = stream.next().await {
            note?;
        }
        drop(stream);
        tx.commit().await
    });
    task.await.unwrap().unwrap();
}
