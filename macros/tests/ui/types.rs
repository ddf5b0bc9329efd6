use bindery::{Model, Scalar};

#[derive(Model)]
struct Peer {
    #[column(primary_key)]
    id: i64,
    socket: std::net::TcpStream,
}

#[derive(Model)]
struct Checked {
    #[column(primary_key)]
    id: Option<i64>,
    #[column(max_length = 5)]
    number: i64,
    #[column(type = decimal(5, 2))]
    price: f64,
    #[column(references = "peer.id", on_delete = set_null)]
    peer: i64,
}

#[derive(Scalar)]
struct Socket(std::net::TcpStream);

#[derive(Scalar)]
struct Maybe(Option<String>);

fn main() {}
