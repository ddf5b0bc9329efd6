use bindery::Scalar;

#[derive(Scalar)]
struct Two(String, i64);

#[derive(Scalar)]
struct Nothing;

#[derive(Scalar)]
#[scalar(repr = "i8", rename_all = "snake_case")]
struct Named(String);

#[derive(Scalar)]
struct Generic<T>(T);

#[derive(Scalar)]
enum Empty {}

#[derive(Scalar)]
#[scalar(rename_all = "Snake", rename = "x")]
enum Cases {
    A(i64),
    #[scalar(rename = "C")]
    B,
    C,
    #[scalar(name = "D")]
    D,
}

#[derive(Scalar)]
#[scalar(repr = "usize")]
enum Size {
    A,
}

#[derive(Scalar)]
#[scalar(repr = "i8")]
enum Small {
    Fits = 127,
    TooLarge,
}

#[derive(Scalar)]
#[scalar(enumeration = "size", repr = "i8")]
enum Both {
    A,
}

#[derive(Scalar)]
#[scalar(enumeration = "email")]
struct Email(String);

#[derive(Scalar)]
#[scalar(enumeration)]
enum Nameless {
    A,
}

fn main() {}
