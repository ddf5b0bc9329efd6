use bindery::Model;

#[derive(Model)]
struct NoBase {
    #[column(primary_key)]
    id: i64,
    #[model(inherits)]
    base: String,
}

fn main() {}
