//! A version is one integer of a model, which each update counts on.

use bindery::Model;

#[derive(Model)]
struct Text {
    #[column(primary_key)]
    id: i64,
    #[column(version)]
    version: String,
}

#[derive(Model)]
struct Null {
    #[column(primary_key)]
    id: i64,
    #[column(version)]
    version: Option<i64>,
}

#[derive(Model)]
struct Key {
    #[column(primary_key, version)]
    id: i64,
}

#[derive(Model)]
struct Two {
    #[column(primary_key)]
    id: i64,
    #[column(version)]
    a: i64,
    #[column(version)]
    b: i64,
}

fn main() {}
