use bindery::Model;

#[derive(Model)]
enum Enum {
    A,
}

#[derive(Model)]
struct Tuple(i64);

#[derive(Model)]
struct Unit;

#[derive(Model)]
union Union {
    id: i64,
}

#[derive(Model)]
struct Generic<T> {
    #[column(primary_key)]
    id: T,
}

#[derive(Model)]
struct Borrowed<'a> {
    #[column(primary_key)]
    id: &'a str,
}

fn main() {}
