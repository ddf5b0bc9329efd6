use bindery::Model;

#[derive(Model)]
#[model(table = "users", table = "people")]
#[model(columns = "UserColumns", bind, abstract = true)]
#[model(unique(columns(id, id)), index, index(name = "x"), unique(columns()))]
struct User {
    #[column(primary_key, primary_key, unique)]
    id: i64,
    #[column(name = "", max_length = 0)]
    name: String,
    #[column(max_length, sql_default, default)]
    email: String,
    #[column(type = 5)]
    a: i64,
    #[column(type = decimal(2, 5))]
    b: i64,
    #[column(type = decimal(5))]
    c: i64,
    #[column(references = users, on_delete = delete)]
    d: i64,
    #[column(references = "users", on_delete = "cascade")]
    e: i64,
    #[column(references = "users.id", on_delete = set_default)]
    f: i64,
    #[column]
    g: i64,
    #[column(unique index)]
    h: i64,
}

fn main() {}
