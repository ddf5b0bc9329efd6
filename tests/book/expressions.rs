//! The chapter on expressions.

use bindery::prelude::*;
use bindery::query::{Expr, row_number};
use bindery::{Result, bind};
use chrono::{NaiveDate, NaiveDateTime};

use crate::{Post, Tag, User, blog};

#[tokio::test]
async fn filters() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- filters
    let good = Post::stars.ge(3).and(Post::title.starts_with("N").or(Post::author.in_([2, 3])));
    assert_eq!(session.count(Post::select().filter(good)).await?, 2);

    let between = Post::stars.between(2, 4);
    assert_eq!(session.one(Post::select().filter(between)).await?.title, "On notes");
    // ---
    Ok(())
}

#[tokio::test]
async fn nulls() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- nulls
    // Three posts: of 5 stars, of 3, and one without any.
    assert_eq!(session.count(Post::select().filter(Post::stars.ne(5))).await?, 1);
    assert_eq!(session.count(Post::select().filter(!Post::stars.eq(5))).await?, 1); // NOT NULL is NULL
    assert_eq!(session.count(Post::select().filter(Post::stars.is_distinct_from(5))).await?, 2);
    assert_eq!(session.count(Post::select().filter(Post::stars.is_null())).await?, 1);
    assert_eq!(session.count(Post::select().filter(Post::stars.coalesce(0).ne(5))).await?, 2);
    // ---
    Ok(())
}

#[tokio::test]
async fn at_run_time() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- at run time
    bind!(Main = "default");

    /// What a client may look for; what it leaves out is not asked.
    struct Search<'a> {
        author: Option<i64>,
        words: &'a [&'a str],
    }

    impl Search<'_> {
        fn condition(&self) -> Expr<bool, Main> {
            let by_author = self.author.map(|author| Post::author.eq(author));
            let by_words = self.words.iter().map(|word| Post::title.icontains(word));
            by_author.into_iter().chain(by_words).fold(value(true).of_bind::<Main>(), |all, one| all.and(one))
        }
    }

    let found = Post::select().filter(Search { author: Some(1), words: &["note"] }.condition());
    assert_eq!(session.one(found).await?.title, "Notes");
    // ---
    Ok(())
}

#[tokio::test]
async fn computing() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- computing
    let doubled = Post::stars.coalesce(0) * 2 + 1;
    let grade = when(Post::stars.ge(4), "good").when(Post::stars.is_null(), "new").otherwise("fair");
    let label = Post::id.cast::<String>().concat(". ").concat(Post::title.upper());
    let posts = Post::select().columns((label, doubled, grade)).order_by(Post::id.asc());
    assert_eq!(session.first(posts).await?, Some(("1. NOTES".to_owned(), 11, "good".to_owned())));

    // In an update they are computed by the server, from the row as it was.
    session.execute(Post::update().set(Post::stars.to(Post::stars + 1)).filter(Post::stars.lt(5))).await?;
    // ---
    assert_eq!(session.one(Post::select().columns(Post::stars).filter(Post::id.eq(2))).await?, (Some(4),));
    Ok(())
}

#[tokio::test]
async fn dates() -> Result<()> {
    // --- dates
    #[derive(Model)]
    struct Visit {
        #[column(primary_key, generated)]
        id: i64,
        at: NaiveDateTime,
    }

    #[derive(FromRow, Debug, PartialEq)]
    struct Month {
        month: NaiveDate,
        visits: i64,
        weekends: i64,
    }

    let weekends = count().filter(Visit::at.weekday().ge(6));
    let months =
        Visit::select().columns((Visit::at.start_of_month(), count(), weekends)).group_by(Visit::at.start_of_month()).into::<Month>();
    // ---
    let databases = bindery::builder().bind("default", "sqlite://").without_registered().models::<(Visit,)>().connect().await?;
    databases.create_all(All).await?;
    let session = databases.session();
    let at = |text: &str| NewVisit { at: text.parse().unwrap() };
    session.insert_many([at("2026-11-01T10:00:00"), at("2026-11-30T23:59:59.999999")]).await?;
    let expected = Month { month: "2026-11-01".parse().unwrap(), visits: 2, weekends: 1 };
    assert_eq!(session.all(months).await?, [expected]);
    Ok(())
}

#[tokio::test]
async fn aggregates() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- aggregates
    let by_author = Post::select()
        .columns((Post::author, count(), Post::stars.avg(), count().filter(Post::answers.is_not_null())))
        .group_by(Post::author)
        .having(count().gt(1));
    assert_eq!(session.all(by_author).await?, [(1, 2, Some(5.0), 0)]);

    // Of the rows around each row, which stay.
    let nth = row_number().over().partition_by(Post::author).order_by(Post::id.asc());
    let so_far = Post::stars.sum().over().order_by(Post::id.asc());
    let posts = Post::select().columns((Post::id, nth, so_far)).order_by(Post::id.asc());
    assert_eq!(session.all(posts).await?, [(1, 1, Some(5)), (2, 1, Some(8)), (3, 2, Some(8))]);
    // ---
    Ok(())
}

#[tokio::test]
async fn subqueries() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- subqueries
    let tags = Tag::select().columns(count()).filter(Tag::post.eq(Post::id)).scalar(); // of each post
    let best = Post::select().columns(Post::stars.max()).scalar();
    let posts = Post::select().columns((Post::title, tags)).filter(Post::stars.eq(best));
    assert_eq!(session.all(posts).await?, [("Notes".to_owned(), Some(2))]);

    let tagged = Post::select().filter(exists(Tag::select().filter(Tag::post.eq(Post::id))));
    assert_eq!(session.count(tagged).await?, 1);
    // ---
    assert_eq!(session.count(User::select()).await?, 2);
    Ok(())
}
