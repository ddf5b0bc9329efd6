//! The chapter on select.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::{Post, Tag, blog};

#[tokio::test]
async fn rows() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- rows
    let posts: Vec<Post> = session.all(Post::select()).await?;
    let titles: Vec<(i64, String)> = session.all(Post::select().columns((Post::id, Post::title))).await?;

    #[derive(FromRow)]
    struct Busy {
        author: i64,
        posts: i64,
    }
    let busy = Post::select().columns((Post::author, count())).group_by(Post::author).into::<Busy>();
    let busiest: Option<Busy> = session.first(busy.order_by(count().desc())).await?;
    // ---
    assert_eq!((posts.len(), titles.len(), busiest.map(|busy| (busy.author, busy.posts))), (3, 3, Some((1, 2))));
    Ok(())
}

#[tokio::test]
async fn joins() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- joins
    let pairs: Vec<(Post, Tag)> = session.all(Post::select().join::<Tag>().columns((Post::row(), Tag::row()))).await?;

    let all = Post::select().left_join::<Tag>().columns((Post::row(), Tag::row().optional()));
    let all: Vec<(Post, Option<Tag>)> = session.all(all).await?;

    let original = Post::alias("original");
    let answers =
        Post::select().join_alias(&original, Post::answers.eq(Post::id.of(&original))).columns((Post::title, Post::title.of(&original)));
    // ---
    assert_eq!((pairs.len(), all.len()), (2, 4));
    assert_eq!(session.all(answers).await?, [("On notes".to_owned(), "Notes".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn null_of_a_left_join() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- null of a left join
    let names = Post::select().left_join::<Tag>().columns((Post::title, Tag::name.nullable()));
    let names: Vec<(String, Option<String>)> = session.all(names).await?;

    let error = session.all(Post::select().left_join::<Tag>().columns(Tag::name)).await.unwrap_err(); // nothing is sent
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    // ---
    assert_eq!(names.len(), 4);
    Ok(())
}

#[tokio::test]
async fn tables_out_of_selects() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- tables out of selects
    #[derive(FromRow)]
    struct Best {
        author: i64,
        stars: Option<i16>,
    }
    let best = || Post::select().columns((Post::author, Post::stars.max())).group_by(Post::author).into::<Best>();

    // In its FROM …
    let best_posts = best().subquery("best");
    let posts = Post::select().join_alias(&best_posts, Best::author.eq(Post::author).and(Best::stars.eq(Post::stars)));

    // … or before the statement, in its WITH, however often it is used.
    let rated = best().cte("rated");
    let better = rated.alias("better");
    let pairs = rated
        .select()
        .join_alias(&better, Best::stars.of(&better).gt(Best::stars.of(&rated)))
        .columns((Best::author.of(&rated), Best::author.of(&better)));
    // ---
    assert_eq!(session.count(posts).await?, 2);
    assert_eq!(session.all(pairs).await?, [(2, 1)]);
    Ok(())
}

#[tokio::test]
async fn recursion() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- recursion
    #[derive(FromRow, Debug, PartialEq)]
    struct Step {
        post: i64,
        depth: i64,
    }
    let first = Post::select().columns((Post::id, value(0_i64))).filter(Post::answers.is_null()).into::<Step>();
    let thread = first.recursive_cte("thread", |thread| {
        let answers = thread.select().join_on::<Post, _>(Post::answers.eq(Step::post));
        answers.columns((Post::id, Step::depth + 1)).into::<Step>()
    });
    let steps = session.all(thread.select().order_by(Step::depth.desc()).order_by(Step::post.asc())).await?;
    assert_eq!(steps[0], Step { post: 2, depth: 1 });
    // ---
    Ok(())
}

#[tokio::test]
async fn unions() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- unions
    let good = Post::select().columns(Post::title).filter(Post::stars.ge(4));
    let answers = Post::select().columns(Post::title).filter(Post::answers.is_not_null());
    let both = good.union(answers).order_by(Post::title.asc()).limit(10);
    // ---
    assert_eq!(session.all(both).await?, [("Notes".to_owned(),), ("On notes".to_owned(),)]);
    Ok(())
}

#[test]
fn locks() -> Result<()> {
    // --- locks
    let next = Post::select().filter(Post::stars.is_null()).order_by(Post::id.asc()).limit(1).for_update().skip_locked();
    // ---
    assert!(next.to_sql(&bindery::engine::Dialect::postgres())?.ends_with("LIMIT 1 FOR UPDATE SKIP LOCKED"));
    Ok(())
}
