//! A comparison has one type on both sides, and only types whose order in SQL is Rust's can be ordered.

use bindery::prelude::*;

#[derive(Scalar)]
enum Rating {
    Good,
    Bad,
}

#[derive(Model)]
struct Film {
    #[column(primary_key)]
    id: i64,
    title: String,
    rating: Rating,
    details: serde_json::Value,
}

fn main() {
    let _ = Film::id.eq("x");
    let _ = Film::title.eq(None::<String>);
    let _ = Film::update().set(Film::title.to(None::<String>));
    let _ = Film::rating.asc();
    let _ = Film::rating.max();
    let _ = Film::title.sum();
    let _ = Film::details.eq(serde_json::Value::Null);
    let _ = Film::id.like("%x");
}
