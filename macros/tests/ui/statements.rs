//! What a statement may not be: one that changes rows without saying which, one that sets a column of another table, one that inserts
//! what doesn't fit, one whose rows are not those of
//! their view.

use bindery::prelude::*;

#[derive(Model)]
struct Post {
    #[column(primary_key)]
    id: i64,
    title: String,
}

#[derive(Model)]
struct Tag {
    #[column(primary_key)]
    name: String,
    post: i64,
}

#[derive(FromRow)]
struct Title {
    id: i64,
    title: String,
}

struct NoView {
    id: i64,
}

async fn run(session: Session) -> bindery::Result<()> {
    session.execute(Post::update().set(Post::title.to("x"))).await?;
    session.execute(Post::delete()).await?;
    Ok(())
}

fn main() {
    let _ = Post::update().set(Tag::name.to("x"));
    let _ = Post::select().columns((Post::id, Post::id)).into::<Title>();
    let _ = Post::select().columns(Post::id).into::<NoView>();
    let _ = Post::select().columns((Post::id, Post::title)).subquery("titles");
    let _ = Post::select().columns((Post::id, 7));
    let _ = Post::title + 1;
    let _ = Post::id + "x";
    let _ = Post::title.cast::<bool>();
    let _ = Post::id.year();
    let _ = Post::insert([Post { id: 1, title: "x".into() }]).on_conflict(Tag::name);
    let _ = Post::insert([Post { id: 1, title: "x".into() }]).on_conflict(Post::id).do_update((Post::title, Tag::name));
    let _ = Post::insert_from((Post::id, Post::title), Tag::select().columns((Tag::name, Tag::post)));
    let _ = Post::insert_from((Post::id, Post::title), Tag::select());
}
