use bindery::prelude::*;
use bindery::query::Raw;
use bindery::session::Builder;

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Post {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    // MySQL has no key of a text of any length.
    #[column(unique, max_length = 200)]
    pub(crate) title: String,
}

pub(crate) fn post(title: &str) -> NewPost {
    NewPost { title: title.into() }
}

/// A statement that has no end.
pub(crate) fn endless(title: &str) -> Raw {
    let sql = "insert into post (title) with recursive n (i) as (select 1 union all select i + 1 from n) select ? || i from n";
    raw("default", sql).param(title)
}

pub(crate) async fn opened() -> Databases {
    opened_with(|builder| builder).await
}

/// With a connection in the pool, so that a statement doesn't wait before it is sent.
pub(crate) async fn opened_with(options: impl FnOnce(Builder) -> Builder) -> Databases {
    let builder = bindery::builder().bind("default", "sqlite://").without_registered().models::<(Post,)>();
    let databases = options(builder).connect().await.unwrap();
    databases.create_all(All).await.unwrap();
    databases
}
