use bindery::Model;

#[derive(Model)]
#[model(tabel = "users", bind = "a__b", table = 3, index(columns(nmae), nome = "x"))]
struct User {
    #[column(primary_kye)]
    id: i64,
    #[column(max_length = "long", unique = true, on_delete = cascade)]
    name: String,
    #[column(name = "name", name = "nom")]
    name_again: String,
    #[model(inherit)]
    base: i64,
}

fn main() {}
