use bindery::{Model, table};

#[derive(Model)]
#[model(bind = "auth")]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model)]
#[model(bind = "meta")]
struct AcrossBinds {
    #[column(primary_key)]
    id: i64,
    #[column(references = User::id)]
    author: i64,
}

#[derive(Model)]
#[model(bind = "auth")]
struct AcrossTypes {
    #[column(primary_key)]
    id: i64,
    #[column(references = User::name)]
    author: Option<i64>,
    #[column(references = User::email)]
    email: String,
}

#[derive(Model)]
#[model(abstract)]
struct Base {
    at: i64,
}

#[derive(Model)]
struct ToBase {
    #[column(primary_key)]
    id: i64,
    #[column(references = Base::at)]
    at: i64,
}

table! {
    static TAGS {
        #[column(references = User::id)]
        user_id: i64,
    }
}

fn main() {}
