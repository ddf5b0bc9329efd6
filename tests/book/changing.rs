//! The chapter on changing rows.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use futures_util::{TryStreamExt, stream};

use crate::{NewPost, NewUser, Post, Tag, User, blog};

#[tokio::test]
async fn inserts() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- inserts
    let eve: User = session.insert(NewUser::new("eve@example.org".into())).await?; // with the key that the server gave it
    let more: Vec<User> = session.insert_many(["kim", "lee"].map(|name| NewUser::new(format!("{name}@example.org")))).await?;

    // Without the rows back, it takes less: in few statements, all rows or none.
    let rows = (0..50_000).map(|n| NewUser::new(format!("user{n}@example.org")));
    let insert = User::insert(rows).on_progress(|progress| println!("{} of {:?}", progress.rows, progress.total));
    let done = session.execute(insert).await?;
    assert_eq!(done.rows_affected, Some(50_000));
    // ---
    assert_eq!((eve.id, more[1].id), (3, 5));
    Ok(())
}

#[tokio::test]
async fn conflicts() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- conflicts
    let rows = || {
        let named = |email: &str, name: &str| NewUser { email: email.into(), name: Some(name.into()) };
        [named("ada@example.org", "Countess"), named("eve@example.org", "Eve")] // Ada is there already
    };
    session.execute(User::insert(rows()).on_conflict(User::email).do_nothing()).await?;
    session.execute(User::insert(rows()).on_conflict_of("uq_users_email").do_update(User::name)).await?; // by the constraint's name

    // A row comes back for each that was given, new or not.
    let users = session.insert_returning(User::insert(rows()).on_conflict(User::email).do_nothing()).await?;
    assert_eq!((users[0].id, users[0].name.as_deref()), (1, Some("Countess")));
    // ---
    Ok(())
}

#[tokio::test]
async fn from_a_select() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- from a select
    let unrated = Post::select().columns((Post::id, value("unrated"))).filter(Post::stars.is_null());
    session.execute(Tag::insert_from((Tag::post, Tag::name), unrated)).await?; // inside the server
    // ---
    assert_eq!(session.count(Tag::select()).await?, 3);
    Ok(())
}

#[tokio::test]
async fn from_a_stream() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- from a stream
    // From one database into another.
    let drafts = session.stream(User::select()).map_ok(|user| NewPost::new(user.id, format!("Welcome, {}", user.email)));
    let inserted: u64 = session.insert_stream(drafts).commit_every(10_000).await?;

    // What fails says how far it came: so many rows, from the beginning of the stream, are committed.
    let names = ["eve", "kim", "lee", "ada", "moe"]; // Ada is there already
    let rows = stream::iter(names.map(|name| NewUser::new(format!("{name}@example.org"))));
    let error = session.insert_stream(rows).commit_every(2).await.unwrap_err();
    assert_eq!((error.kind(), error.rows_committed()), (ErrorKind::UniqueViolation, Some(2)));
    // ---
    assert_eq!((inserted, session.count(User::select()).await?), (2, 4));
    Ok(())
}

#[tokio::test]
async fn updates_and_deletes() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- updates and deletes
    let more = Post::update().set(Post::stars.to(Post::stars + 1)).filter(Post::author.eq(1));
    let done = session.execute(more).await?;
    assert_eq!(done.rows_affected, Some(2)); // rows that the filter names, on each backend

    session.execute(Post::update_all().set(Post::answers.to(None))).await?; // `Post::update()` without a filter does not compile
    session.execute(Post::delete().filter(Post::title.starts_with("Sketch"))).await?;
    // ---
    Ok(())
}

#[tokio::test]
async fn whole_models() -> Result<()> {
    // --- whole models
    #[derive(Model, Debug, Clone)]
    struct Draft {
        #[column(primary_key, generated)]
        id: i64,
        text: String,
        #[column(version, default = 1)]
        revision: i32,
    }
    // ---
    let builder = bindery::builder().bind("default", "sqlite://").without_registered();
    let databases = builder.models::<(Draft,)>().connect().await?;
    databases.create_all(All).await?;
    let session = databases.session();
    // --- a version
    let draft = session.insert(NewDraft::new("Notes".into())).await?;
    let mine = session.update(Draft { text: "Notes, mine".into(), ..draft.clone() }).await?;

    // Who has read the row before that changes nothing.
    let theirs = session.update(Draft { text: "Notes, theirs".into(), ..draft }).await;
    assert_eq!(theirs.unwrap_err().kind(), ErrorKind::Stale);

    session.delete(mine).await?;
    // ---
    Ok(())
}
