//! What was rented and paid. The films, stores, customers and staff that these rows name are in other databases.

use bindery::prelude::*;
use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use super::{Rentals, Tracked};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = Rentals, index(columns(store_id, film_id)))]
pub(crate) struct Inventory {
    #[column(primary_key, generated)]
    pub(crate) inventory_id: i32,
    #[column(index)]
    pub(crate) film_id: i32,
    pub(crate) store_id: i32,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = Rentals, unique(columns(rental_date, inventory_id, customer_id)))]
pub(crate) struct Rental {
    #[column(primary_key, generated)]
    pub(crate) rental_id: i32,
    pub(crate) rental_date: NaiveDateTime,
    #[column(index, references = Inventory::inventory_id)]
    pub(crate) inventory_id: i32,
    #[column(index)]
    pub(crate) customer_id: i32,
    pub(crate) return_date: Option<NaiveDateTime>,
    #[column(index)]
    pub(crate) staff_id: i32,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = Rentals)]
pub(crate) struct Payment {
    #[column(primary_key, generated)]
    pub(crate) payment_id: i32,
    #[column(index)]
    pub(crate) customer_id: i32,
    #[column(index)]
    pub(crate) staff_id: i32,
    #[column(index, references = Rental::rental_id, on_delete = set_null)]
    pub(crate) rental_id: Option<i32>,
    #[column(type = decimal(5, 2))]
    pub(crate) amount: Decimal,
    pub(crate) payment_date: NaiveDateTime,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}
