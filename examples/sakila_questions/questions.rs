//! The questions, asked by typed statements.

use bindery::prelude::*;
use bindery::query::{Alias, dense_rank, row_number};
use bindery::{Error, ErrorKind, Result};
use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

use crate::models::*;

/// Rows of typed cells.
macro_rules! rows {
    ($rows:expr, |$row:pat_param| $($cell:expr),+) => {
        $rows.into_iter().map(|$row| vec![$($cell.to_string()),+]).collect()
    };
}

/// The rows of an answer, each cell as text.
type Answer = Vec<Vec<String>>;

/// The answer to a question, by its number from 1.
pub(crate) async fn answer(number: usize, session: &Session) -> Result<Answer> {
    match number {
        1 => best_customers_by_month(session).await,
        2 => films_never_rented(session).await,
        3 => overdue(session, "2005-08-01T00:00:00".parse().unwrap_or_default()).await,
        4 => actors_who_played_together(session).await,
        5 => revenue_with_running_total(session).await,
        6 => first_and_latest_rental(session).await,
        7 => median_rental_time(session).await,
        8 => films_longer_than_average(session).await,
        9 => inventory_on_the_shelf(session).await,
        10 => cities_without_a_store(session).await,
        11 => linked_customers(session).await,
        12 => third_most_rented(session).await,
        _ => Err(Error::new(ErrorKind::InvalidStatement, "there are twelve questions")),
    }
}

#[derive(FromRow)]
struct Monthly {
    month: NaiveDate,
    customer: i32,
    paid: Option<Decimal>,
}

#[derive(FromRow)]
struct Placed {
    month: NaiveDate,
    customer: i32,
    paid: Option<Decimal>,
    place: i64,
}

/// The ten customers who paid most, of each month.
async fn best_customers_by_month(session: &Session) -> Result<Answer> {
    let month = || Payment::payment_date.start_of_month();
    let monthly = Payment::select()
        .columns((month(), Payment::customer_id, Payment::amount.sum()))
        .group_by(month())
        .group_by(Payment::customer_id)
        .into::<Monthly>()
        .cte("monthly");
    let place = row_number().over().partition_by(Monthly::month).order_by(Monthly::paid.desc()).order_by(Monthly::customer.asc());
    let placed = monthly.select().columns((Monthly::month, Monthly::customer, Monthly::paid, place)).into::<Placed>().cte("placed");
    let best = placed
        .select()
        .join_on::<Customer, _>(Customer::customer_id.eq(Placed::customer))
        .columns((Placed::month, Placed::place, Customer::last_name, Placed::paid))
        .filter(Placed::place.le(10))
        .order_by(Placed::month.asc())
        .order_by(Placed::place.asc());
    let best = session.all(best).await?;
    Ok(rows!(best, |(month, place, name, paid)| month, place, name, money(paid)))
}

/// The films of which no copy was ever rented, or of which there is none.
async fn films_never_rented(session: &Session) -> Result<Answer> {
    let rented = Rental::select().join::<Inventory>().filter(Inventory::film_id.eq(Film::film_id));
    let never = Film::select().columns(Film::title).filter(!exists(rented)).order_by(Film::title.asc());
    Ok(rows!(session.all(never).await?, |(title,)| title))
}

/// The rentals that should have been back before this moment and were not, with the customer's telephone.
async fn overdue(session: &Session, day: NaiveDateTime) -> Result<Answer> {
    const SECONDS_PER_DAY: i64 = 86_400;
    let due = Rental::rental_date.unix_seconds() + Film::rental_duration.cast::<i64>() * SECONDS_PER_DAY;
    let overdue = Rental::select()
        .join::<Inventory>()
        .join_on::<Film, _>(Film::film_id.eq(Inventory::film_id))
        .join_on::<Customer, _>(Customer::customer_id.eq(Rental::customer_id))
        .join_on::<Address, _>(Address::address_id.eq(Customer::address_id))
        .columns((Rental::rental_id, Customer::first_name.concat(" ").concat(Customer::last_name), Address::phone, Film::title))
        .filter(due.lt(day.and_utc().timestamp()))
        .filter(Rental::return_date.is_null().or(Rental::return_date.ge(day)))
        .order_by(Rental::rental_id.asc());
    Ok(rows!(session.all(overdue).await?, |(rental, customer, phone, title)| rental, customer, phone, title))
}

/// The ten pairs of actors who played together most often.
async fn actors_who_played_together(session: &Session) -> Result<Answer> {
    let (one, other) = (FilmActor::alias("one"), FilmActor::alias("other"));
    let (first, second) = (Actor::alias("first"), Actor::alias("second"));
    let together = FilmActor::film_id.of(&one).eq(FilmActor::film_id.of(&other));
    let each_pair_once = FilmActor::actor_id.of(&one).lt(FilmActor::actor_id.of(&other));
    let name = |actor: &Alias<Actor, Main>| Actor::last_name.of(actor);
    let pairs = one
        .select()
        .join_alias(&other, together.and(each_pair_once))
        .join_alias(&first, Actor::actor_id.of(&first).eq(FilmActor::actor_id.of(&one)))
        .join_alias(&second, Actor::actor_id.of(&second).eq(FilmActor::actor_id.of(&other)))
        .columns((Actor::actor_id.of(&first), name(&first), Actor::actor_id.of(&second), name(&second), count()))
        .group_by(Actor::actor_id.of(&first))
        .group_by(name(&first))
        .group_by(Actor::actor_id.of(&second))
        .group_by(name(&second))
        .order_by(count().desc())
        .order_by(Actor::actor_id.of(&first).asc())
        .order_by(Actor::actor_id.of(&second).asc())
        .limit(10);
    Ok(rows!(session.all(pairs).await?, |(a, a_name, b, b_name, films)| a, a_name, b, b_name, films))
}

#[derive(FromRow)]
struct Weekly {
    store: i32,
    category: String,
    week: NaiveDate,
    paid: Option<Decimal>,
}

/// What each store earned with each category in each week, and up to then.
async fn revenue_with_running_total(session: &Session) -> Result<Answer> {
    let week = || Payment::payment_date.start_of_week();
    let weekly = Payment::select()
        .join::<Rental>()
        .join::<Inventory>()
        .join_on::<FilmCategory, _>(FilmCategory::film_id.eq(Inventory::film_id))
        .join::<Category>()
        .columns((Inventory::store_id, Category::name, week(), Payment::amount.sum()))
        .group_by(Inventory::store_id)
        .group_by(Category::name)
        .group_by(week())
        .into::<Weekly>()
        .subquery("weekly");
    let so_far = Weekly::paid.sum().over().partition_by((Weekly::store, Weekly::category)).order_by(Weekly::week.asc());
    let revenue = weekly
        .select()
        .columns((Weekly::store, Weekly::category, Weekly::week, Weekly::paid, so_far))
        .order_by(Weekly::store.asc())
        .order_by(Weekly::category.asc())
        .order_by(Weekly::week.asc());
    let revenue = session.all(revenue).await?;
    Ok(rows!(revenue, |(store, category, week, paid, so_far)| store, category, week, money(paid), money(so_far)))
}

/// Each customer's first and latest rental, and the whole days between them.
async fn first_and_latest_rental(session: &Session) -> Result<Answer> {
    let (first, latest) = (Rental::rental_date.min(), Rental::rental_date.max());
    let seconds = latest.clone().unix_seconds() - first.clone().unix_seconds();
    let rentals = Customer::select()
        .left_join_on::<Rental, _>(Rental::customer_id.eq(Customer::customer_id))
        .columns((Customer::customer_id, first.date(), latest.date(), seconds / 86_400))
        .group_by(Customer::customer_id)
        .order_by(Customer::customer_id.asc());
    let rentals = session.all(rentals).await?;
    Ok(rows!(rentals, |(customer, first, latest, days)| customer, or_null(first), or_null(latest), or_null(days)))
}

#[derive(FromRow)]
struct Timed {
    category: String,
    seconds: i64,
    place: i64,
    rentals: i64,
}

/// Of each category the median time of a rental, in seconds.
async fn median_rental_time(session: &Session) -> Result<Answer> {
    let seconds = || (Rental::return_date.unix_seconds() - Rental::rental_date.unix_seconds()).coalesce(0);
    let place = row_number().over().partition_by(Category::name).order_by(seconds().asc()).order_by(Rental::rental_id.asc());
    let timed = Rental::select()
        .join::<Inventory>()
        .join_on::<FilmCategory, _>(FilmCategory::film_id.eq(Inventory::film_id))
        .join::<Category>()
        .columns((Category::name, seconds(), place, count().over().partition_by(Category::name)))
        .filter(Rental::return_date.is_not_null())
        .into::<Timed>()
        .subquery("timed");
    // The one in the middle, or the two.
    let in_the_middle = Timed::place.between((Timed::rentals + 1) / 2, (Timed::rentals + 2) / 2);
    let medians = timed
        .select()
        .columns((Timed::category, Timed::seconds.avg()))
        .filter(in_the_middle)
        .group_by(Timed::category)
        .order_by(Timed::category.asc());
    Ok(rows!(session.all(medians).await?, |(category, seconds)| category, or_null(seconds)))
}

/// The films that are longer than the average of their category.
async fn films_longer_than_average(session: &Session) -> Result<Answer> {
    let (film, category) = (Film::alias("of_category"), FilmCategory::alias("of"));
    let average = film
        .select()
        .join_alias(&category, FilmCategory::film_id.of(&category).eq(Film::film_id.of(&film)))
        .columns(Film::length.of(&film).avg())
        .filter(FilmCategory::category_id.of(&category).eq(FilmCategory::category_id))
        .scalar();
    let longer = Film::select()
        .join::<FilmCategory>()
        .join_on::<Category, _>(Category::category_id.eq(FilmCategory::category_id))
        .columns((Category::name, Film::title, Film::length))
        .filter(Film::length.cast::<f64>().gt(average))
        .order_by(Category::name.asc())
        .order_by(Film::title.asc());
    Ok(rows!(session.all(longer).await?, |(category, title, length)| category, title, or_null(length)))
}

/// Of each store how many copies it has, and how many are not rented out.
async fn inventory_on_the_shelf(session: &Session) -> Result<Answer> {
    let out = Rental::inventory_id.eq(Inventory::inventory_id).and(Rental::return_date.is_null());
    let copies = Inventory::select()
        .left_join_on::<Rental, _>(out)
        .columns((Inventory::store_id, count(), count().filter(Rental::rental_id.is_null())))
        .group_by(Inventory::store_id)
        .order_by(Inventory::store_id.asc());
    Ok(rows!(session.all(copies).await?, |(store, all, on_the_shelf)| store, all, on_the_shelf))
}

/// The cities in which customers live and no store is, by country.
async fn cities_without_a_store(session: &Session) -> Result<Answer> {
    let customers = Customer::select().join::<Address>().filter(Address::city_id.eq(City::city_id));
    let stores = Store::select().join::<Address>().filter(Address::city_id.eq(City::city_id));
    let cities = City::select()
        .join::<Country>()
        .columns((Country::country, City::city))
        .filter(exists(customers).and(!exists(stores)))
        .order_by(Country::country.asc())
        .order_by(City::city.asc())
        .order_by(City::city_id.asc());
    Ok(rows!(session.all(cities).await?, |(country, city)| country, city))
}

#[derive(FromRow)]
struct Linked {
    customer: i32,
    steps: i64,
}

/// The customers who are linked with the first one, by a film that both rented on one day, in three steps at most, each with the fewest.
async fn linked_customers(session: &Session) -> Result<Answer> {
    let (mine, theirs) = (Rental::alias("mine"), Rental::alias("theirs"));
    let (my_copy, their_copy) = (Inventory::alias("my_copy"), Inventory::alias("their_copy"));
    let first = Customer::select().columns((Customer::customer_id, value(0_i64))).filter(Customer::customer_id.eq(1)).into::<Linked>();
    let chain = first.recursive_cte_distinct("chain", |chain| {
        let same_day = Rental::rental_date.of(&theirs).date().eq(Rental::rental_date.of(&mine).date());
        chain
            .select()
            .join_alias(&mine, Rental::customer_id.of(&mine).eq(Linked::customer))
            .join_alias(&my_copy, Inventory::inventory_id.of(&my_copy).eq(Rental::inventory_id.of(&mine)))
            .join_alias(&their_copy, Inventory::film_id.of(&their_copy).eq(Inventory::film_id.of(&my_copy)))
            .join_alias(&theirs, Rental::inventory_id.of(&theirs).eq(Inventory::inventory_id.of(&their_copy)).and(same_day))
            .columns((Rental::customer_id.of(&theirs), Linked::steps + 1))
            .filter(Rental::customer_id.of(&theirs).ne(Linked::customer).and(Linked::steps.lt(3)))
            .into::<Linked>()
    });
    let linked = chain
        .select()
        .columns((Linked::customer, Linked::steps.min()))
        .group_by(Linked::customer)
        .order_by(Linked::steps.min().asc())
        .order_by(Linked::customer.asc());
    Ok(rows!(session.all(linked).await?, |(customer, steps)| customer, or_null(steps)))
}

#[derive(FromRow)]
struct Ranked {
    category: String,
    title: String,
    rentals: i64,
    place: i64,
}

/// Of each category the film that was rented third most often, or those.
async fn third_most_rented(session: &Session) -> Result<Answer> {
    let place = dense_rank().over().partition_by(Category::name).order_by(count().desc());
    let ranked = Rental::select()
        .join::<Inventory>()
        .join_on::<Film, _>(Film::film_id.eq(Inventory::film_id))
        .join_on::<FilmCategory, _>(FilmCategory::film_id.eq(Film::film_id))
        .join::<Category>()
        .columns((Category::name, Film::title, count(), place))
        .group_by(Category::name)
        .group_by(Film::title)
        .into::<Ranked>()
        .subquery("ranked");
    let third = ranked
        .select()
        .columns((Ranked::category, Ranked::title, Ranked::rentals))
        .filter(Ranked::place.eq(3))
        .order_by(Ranked::category.asc())
        .order_by(Ranked::title.asc());
    Ok(rows!(session.all(third).await?, |(category, title, rentals)| category, title, rentals))
}

fn money(amount: Option<Decimal>) -> String {
    amount.map_or_else(|| "NULL".to_owned(), |amount| format!("{amount:.2}"))
}

fn or_null<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}
