use bindery::{Model, bind};

#[derive(Model)]
#[model(bind = "Auth")]
struct User {
    #[column(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(bind = 7)]
struct Post {
    #[column(primary_key)]
    id: i64,
}

bind!(pub Meta = "meta__data");

fn main() {}
