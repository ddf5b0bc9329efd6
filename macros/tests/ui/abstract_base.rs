use bindery::Model;

#[derive(Model)]
#[model(abstract, table = "audited", index(columns(at)))]
struct Audited {
    at: i64,
}

#[derive(Model)]
#[model(abstract, bind = "auth")]
struct Left {
    left: i64,
}

#[derive(Model)]
#[model(abstract)]
struct Right {
    right: i64,
}

#[derive(Model)]
struct Both {
    #[column(primary_key)]
    id: i64,
    #[model(inherits)]
    left: Left,
    #[model(inherits)]
    #[column(unique)]
    right: Right,
}

fn main() {}
