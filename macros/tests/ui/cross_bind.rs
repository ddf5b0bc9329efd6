//! A statement belongs to one database: a join, a subquery, a union or a condition over two does not compile.

use bindery::prelude::*;

#[derive(Model)]
#[model(bind = "auth")]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(bind = "meta")]
struct Post {
    #[column(primary_key)]
    id: i64,
    author_id: i64,
}

fn main() {
    let _ = User::select().join::<Post>();
    let _ = User::select().join_on::<Post, _>(Post::author_id.eq(1));
    let _ = User::select().filter(Post::author_id.eq(1));
    let _ = User::select().filter(User::id.eq(Post::author_id));
    let _ = User::select().filter(User::id.in_(Post::select().columns(Post::author_id)));
    let _ = User::select().filter(exists(Post::select()));
    let _ = User::select().columns(User::id).union(Post::select().columns(Post::id));
    let _ = User::select().columns((User::id, Post::id));
    let _ = User::select().order_by(Post::id.asc());
    let _ = User::update().set(Post::author_id.to(1));
    let _ = User::insert_from(User::id, Post::select().columns(Post::id));
    let _ = User::delete().filter(Post::id.eq(1));
}
