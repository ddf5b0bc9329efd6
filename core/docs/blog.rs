use bindery::prelude::*;
use bindery::{BindKey, ErrorKind, table};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", bind = "auth")]
struct User {
    #[column(primary_key, generated)]
    id: i64,
    #[column(unique, max_length = 120)]
    email: String,
    name: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")] // no bind: `default`
struct Post {
    #[column(primary_key, generated)]
    id: i64,
    /// A user's id; no foreign key, for users are in another database.
    author: i64,
    title: String,
    stars: Option<i16>,
    #[column(references = Self::id)]
    answers: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tags")]
struct Tag {
    #[column(primary_key, references = Post::id, on_delete = cascade)]
    post: i64,
    #[column(primary_key)]
    name: String,
}

table! {
    #[table(name = "events", bind = "auth")]
    static EVENTS {
        #[column(primary_key, generated)]
        id: i64,
        kind: String,
        user: Option<i64>,
    }
}

/// Two databases in memory, with some rows.
async fn blog() -> bindery::Result<Databases> {
    let builder = bindery::builder().bind("default", "sqlite://").bind("auth", "sqlite://");
    let databases = builder.without_registered().models::<(User, Post, Tag)>().tables([&*EVENTS]).connect().await?;
    databases.create_all(All).await?;
    let session = databases.session();
    let ada = session.insert(NewUser { email: "ada@example.org".into(), name: Some("Ada".into()) }).await?;
    let bob = session.insert(NewUser { email: "bob@example.org".into(), name: None }).await?;
    let post = |author, title: &str, stars, answers| NewPost { author, title: title.into(), stars, answers };
    let notes = session.insert(post(ada.id, "Notes", Some(5), None)).await?;
    session.insert(post(bob.id, "On notes", Some(3), Some(notes.id))).await?;
    session.insert(post(ada.id, "Sketch", None, None)).await?;
    let tag = |name: &str| Tag { post: notes.id, name: name.into() };
    session.insert_many([tag("engines"), tag("numbers")]).await?;
    let (kind, user) = (EVENTS.col::<String>("kind"), EVENTS.col::<Option<i64>>("user"));
    session.execute(EVENTS.insert([kind.to("login"), user.to(ada.id)])).await?;
    Ok(databases)
}
