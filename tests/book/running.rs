//! The chapter on running statements.

use bindery::engine::Dialect;
use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::{Post, User, blog};

#[tokio::test]
async fn verbs() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- verbs
    let all: Vec<Post> = session.all(Post::select()).await?;
    let first: Option<Post> = session.first(Post::select().order_by(Post::stars.desc().nulls_last())).await?;
    let one: Post = session.one(Post::select().filter(Post::title.eq("Notes"))).await?;
    let perhaps: Option<Post> = session.optional(Post::select().filter(Post::title.eq("None"))).await?;
    let by_key: Option<User> = session.get::<User>(1).await?;
    let many: u64 = session.count(Post::select()).await?;
    let any: bool = session.exists(Post::select().filter(Post::stars.gt(4))).await?;

    let none = session.one(Post::select().filter(Post::id.eq(99))).await.unwrap_err();
    let several = session.one(Post::select()).await.unwrap_err();
    assert_eq!((none.kind(), several.kind()), (ErrorKind::NotFound, ErrorKind::TooManyRows));
    // ---
    assert_eq!((all.len(), first.map(|post| post.id), one.id, perhaps, many, any), (3, Some(1), 1, None, 3, true));
    assert!(by_key.is_some());
    Ok(())
}

#[tokio::test]
async fn many_rows() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- many rows
    let mut posts = session.stream(Post::select().order_by(Post::id.asc()));
    while let Some(post) = posts.try_next().await? {
        println!("{}", post.title);
    }
    drop(posts); // its connection is free again; at any row

    let mut titles = 0;
    let each = async |posts: Vec<Post>| {
        titles += posts.len(); // the next ones are read when this is done
        Ok(())
    };
    session.for_each_batch(Post::select().order_by(Post::id.asc()), 1_000, each).await?;
    // ---
    assert_eq!(titles, 3);
    Ok(())
}

#[tokio::test]
async fn pages() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- pages
    let best = || Post::select().order_by(Post::stars.desc().nulls_last());
    let page = session.page(best(), 2, 2).await?;
    assert_eq!((page.items.len(), page.total, page.pages(), page.next()), (1, Some(3), Some(2), None));
    let quick = session.page_uncounted(best(), 1, 2).await?; // it only knows whether there is a next one
    assert_eq!((quick.total, quick.next()), (None, Some(2)));

    let first = session.cursor_page(best(), None, 2).await?;
    let second = session.cursor_page(best(), first.next.as_deref(), 2).await?;
    assert_eq!(session.cursor_page(best(), second.previous.as_deref(), 2).await?.items, first.items);
    // ---
    Ok(())
}

#[tokio::test]
async fn what_is_sent() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- what is sent
    let notes = Post::select().columns(Post::id).filter(Post::title.contains("note"));
    let (sql, params) = notes.to_sql_with_params(&Dialect::postgres())?;
    assert_eq!(sql, r#"SELECT "posts"."id" FROM "posts" WHERE "posts"."title" LIKE $1"#);
    assert_eq!(params.len(), 1);

    println!("{}", session.explain(&notes).await?); // how the server would run it, in its own words
    // ---
    Ok(())
}
