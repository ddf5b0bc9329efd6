use bindery::{Model, table};

#[derive(Model)]
#[model(table = "orders")]
struct Order {
    #[column(primary_key)]
    shop: i32,
    #[column(primary_key)]
    number: i64,
}

#[derive(Model)]
#[model(bind = "auth")]
struct User {
    #[column(primary_key)]
    id: i32,
    name: i64,
}

// Mistakes that show in the tokens, all at once.
#[derive(Model)]
#[model(check, check(), check("", name = "x"), check(length > 0), check("a > 0", title = "x"))]
#[model(foreign_key(columns(a, b)), foreign_key(references = "orders(shop, number)"), foreign_key)]
#[model(foreign_key(columns(a, z), references = "orders(shop, number)", on_delete = vanish))]
#[model(foreign_key(columns(a, b), references = "orders", name = "x"), foreign_key(columns(a), references = "orders(shop,)"))]
#[model(foreign_key(columns(a, b), references = "orders(shop, number, line)"))]
#[model(foreign_key(columns(a), references(shop)), foreign_key(columns(a), references()))]
#[model(foreign_key(columns(a, b), references = "orders(shop, number)", on_update = set_default))]
#[model(index(sql("lower(a)"), columns(a)), index(sql()), index(sql("", "a")), index(columns(a), unique = true, method, where = "a"))]
#[model(comment = "", comment = 5)]
struct Tokens {
    #[column(primary_key)]
    a: i64,
    #[column(on_update = cascade)]
    b: i64,
    #[column(computed = "a", default = 1)]
    c: i64,
    #[column(computed = "a", sql_default = "1")]
    d: i64,
    #[column(computed, check = 5, comment)]
    e: i64,
    #[column(computed = "a", version)]
    f: i64,
    #[column(computed = "a", generated)]
    g: i64,
}

#[derive(Model)]
#[model(abstract, check("a > 0"), comment = "nothing", foreign_key(columns(a), references = "orders.shop"))]
struct Base {
    a: i32,
}

// What only the types show.
#[derive(Model)]
#[model(foreign_key(columns(shop, number), references(Order::number, Order::shop)))]
#[model(foreign_key(columns(shop, number), references(Order::shop, User::name)))]
#[model(foreign_key(columns(shop, number), references = "orders(shop, number)", on_delete = set_null))]
struct Types {
    #[column(primary_key)]
    shop: i32,
    number: i64,
    #[column(references = Order::number, on_update = set_null)]
    other: i64,
}

#[derive(Model)]
#[model(abstract)]
struct Placed {
    place: i64,
}

#[derive(Model)]
#[model(foreign_key(columns(Placed::place, number), references(Order::shop, Order::number)))]
struct Inherits {
    #[column(primary_key)]
    number: i64,
    #[model(inherits)]
    placed: Placed,
}

table! {
    #[table(check("a > 0", name = 5), foreign_key(columns(a), references(Order::number)), comments = "x")]
    static TABLE {
        #[column(computed = "1", default = 5)]
        a: i32,
    }
}

fn main() {}
