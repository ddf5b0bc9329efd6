use bindery::Model;

#[derive(Model)]
struct Twice {
    #[column(primary_key, generated)]
    id: i64,
    #[column(generated)]
    number: i64,
}

#[derive(Model)]
struct WithDefaults {
    #[column(primary_key, generated, default = 1, sql_default = "1")]
    id: i64,
    #[column(default = 1, sql_default = "1")]
    number: i64,
}

#[derive(Model)]
struct Text {
    #[column(primary_key, generated)]
    id: String,
}

fn main() {}
