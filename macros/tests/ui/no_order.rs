use bindery::Scalar;

#[derive(Scalar)]
enum Rating {
    G,
}

#[derive(Scalar)]
struct Wrapped(Rating);

fn ordered<T: bindery::value::Ordered>() {}

fn main() {
    ordered::<Rating>();
    ordered::<Wrapped>();
}
