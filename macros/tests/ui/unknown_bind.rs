use bindery::{Model, bind};

bind!(Auth = "auth");

#[derive(Model)]
#[model(bind = Atuh)]
struct Comment {
    #[column(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(bind = Auth)]
struct User {
    #[column(primary_key)]
    id: i64,
}

fn main() {}
