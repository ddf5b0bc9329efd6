//! The chapter on raw SQL.

use bindery::prelude::*;
use bindery::{Result, sql};

use crate::{Post, User, blog};

#[tokio::test]
async fn statements() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- statements
    let (least, titles) = (3, vec!["Notes", "Sketch"]);
    let posts = sql!("select id, title from posts where stars >= {least} and title in ({..titles})");
    let posts: Vec<(i64, String)> = session.all(raw("default", posts).rows()).await?;

    let users: Vec<User> = session.all(raw("auth", sql!("select id, email, name from users where id = {1}")).rows()).await?;
    let emails: Vec<String> = session.all(raw("auth", "select email from users order by id").rows()).await?;
    session.execute(raw("auth", sql!("update users set name = {emails[1]} where name is null"))).await?;
    // ---
    assert_eq!((posts.len(), users.len(), emails.len()), (1, 1, 2));
    Ok(())
}

#[tokio::test]
async fn dynamic() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- dynamic rows
    let row = session.one(raw("default", "select count(*) as posts, max(stars) as most from posts")).await?;
    assert_eq!((row.get::<i64>("posts")?, row.at::<Option<i16>>(1)?), (3, Some(5)));
    assert_eq!(row.to_json()?, serde_json::json!({"posts": 3, "most": 5}));
    // ---
    Ok(())
}

#[tokio::test]
async fn fragments() -> Result<()> {
    let databases = blog().await?;
    let session = databases.session();
    // --- fragments
    let rounded = sql!("round({Post::stars} / {2.0}, 1)").expr::<Option<f64>>();
    let halves = session.all(Post::select().columns((Post::id, rounded)).order_by(Post::id.asc())).await?;
    assert_eq!(halves[1], (2, Some(1.5)));
    // ---
    Ok(())
}
