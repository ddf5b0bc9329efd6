//! A literal takes the type of its column or key.

use bindery::prelude::*;

#[derive(Model)]
struct Item {
    #[column(primary_key)]
    id: u64,
    #[column(primary_key)]
    name: String,
    small: Option<i16>,
    size: f64,
}

#[derive(Model)]
struct Note {
    #[column(primary_key)]
    name: String,
}

fn statements() {
    let condition = Item::id.eq(1).and(Item::small.lt(3)).and(Item::size.ge(1.5)).and(Item::name.ne("x"));
    let _ = Item::select().filter(condition).filter(Item::id.in_([1, 2])).filter(Item::small.in_(vec![3, 4]));
    let set = Item::update().set(Item::id.to(1)).set(Item::small.to(2)).set(Item::small.to(None)).set(Item::name.to("x"));
    let _ = set.filter(Item::small.not_in([5]));
}

async fn keys(session: &Session) -> bindery::Result<()> {
    let _ = session.get::<Item>((1, "x".to_owned())).await?;
    let _ = session.get::<Note>("x").await?;
    Ok(())
}

fn main() {
    statements();
    let _ = keys;
}
