//! The questions, each answered from the databases by typed statements. A statement belongs to one database; an answer that needs two
//! is put together here.

use std::collections::{BTreeMap, HashMap};

use bindery::prelude::*;
use bindery::{BindKey, Result};
use rust_decimal::Decimal;

use crate::models::*;

/// How many rows each table has, by bind: of every table that registered itself.
pub(crate) async fn rows_per_table(databases: &Databases) -> Result<Vec<(BindKey, &'static str, u64)>> {
    let session = databases.session();
    let mut counts = Vec::new();
    for bind in databases.binds() {
        for table in databases.metadata(bind)?.tables() {
            counts.push((bind, table.name(), session.count(table.select()).await?));
        }
    }
    Ok(counts)
}

/// How many payments there are, and what they come to.
pub(crate) async fn total_payments(session: &Session) -> Result<(i64, Decimal)> {
    let (payments, total) = session.one(Payment::select().columns((count(), Payment::amount.sum()))).await?;
    Ok((payments, total.unwrap_or_default()))
}

/// The customers who paid most, with what they paid. The payments are on `rentals` and the names on `people`.
pub(crate) async fn best_customers(session: &Session, limit: u64) -> Result<Vec<(Customer, Decimal)>> {
    let best = Payment::select()
        .columns((Payment::customer_id, Payment::amount.sum()))
        .group_by(Payment::customer_id)
        .order_by(Payment::amount.sum().desc())
        .order_by(Payment::customer_id.asc())
        .limit(limit);
    let best = session.all(best).await?;

    let ids: Vec<i32> = best.iter().map(|(id, _)| *id).collect();
    let customers = session.all(Customer::select().filter(Customer::customer_id.in_(ids))).await?;
    let mut customers: HashMap<_, _> = customers.into_iter().map(|customer| (customer.customer_id, customer)).collect();
    Ok(best.into_iter().filter_map(|(id, paid)| Some((customers.remove(&id)?, paid.unwrap_or_default()))).collect())
}

/// What each category of films earned, the most first. A payment leads to its film on `rentals`, a film to its category on
/// `default`; five payments belong to no rental and so to no film.
pub(crate) async fn revenue_by_category(session: &Session) -> Result<Vec<(String, Decimal)>> {
    let revenue = Payment::select()
        .join::<Rental>()
        .join::<Inventory>()
        .columns((Inventory::film_id, Payment::amount.sum()))
        .group_by(Inventory::film_id);
    let categories = FilmCategory::select().join::<Category>().columns((FilmCategory::film_id, Category::name));
    // Two databases answer at the same time.
    let (revenue, categories) = tokio::try_join!(session.all(revenue), session.all(categories))?;

    let revenue: HashMap<i32, Option<Decimal>> = revenue.into_iter().collect();
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (film, category) in categories {
        *sums.entry(category).or_default() += revenue.get(&film).copied().flatten().unwrap_or_default();
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|(_, a), (_, b)| b.cmp(a));
    Ok(sums)
}

/// The films that were rented most often, with how often. The rentals are on `rentals` and the titles on `default`.
pub(crate) async fn most_rented_films(session: &Session, limit: u64) -> Result<Vec<(Film, i64)>> {
    let most = Rental::select()
        .join::<Inventory>()
        .columns((Inventory::film_id, count()))
        .group_by(Inventory::film_id)
        .order_by(count().desc())
        .order_by(Inventory::film_id.asc())
        .limit(limit);
    let most = session.all(most).await?;

    let ids: Vec<i32> = most.iter().map(|(id, _)| *id).collect();
    let films = session.all(Film::select().filter(Film::film_id.in_(ids))).await?;
    let mut films: HashMap<_, _> = films.into_iter().map(|film| (film.film_id, film)).collect();
    Ok(most.into_iter().filter_map(|(id, rentals)| Some((films.remove(&id)?, rentals))).collect())
}
