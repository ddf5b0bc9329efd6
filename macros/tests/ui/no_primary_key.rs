use bindery::Model;

#[derive(Model)]
struct User {
    name: String,
}

#[derive(Model)]
#[model(abstract)]
struct Audited {
    created_by: i64,
}

#[derive(Model)]
struct Post {
    #[model(inherits)]
    audit: Audited,
}

fn main() {}
