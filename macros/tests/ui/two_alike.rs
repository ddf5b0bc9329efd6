use bindery::Model;

#[derive(Model)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(name = "name")]
    alias: String,
}

#[derive(Model)]
#[model(abstract)]
struct Named {
    name: String,
}

#[derive(Model)]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[model(inherits)]
    named: Named,
    name: String,
}

fn main() {}
