fn main() {
    let _ = bindery::embed_migrations!("no/such/folder");
    let _ = bindery::embed_migrations!(5);
}
