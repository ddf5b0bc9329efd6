//! Customers, staff and stores, and where they are.

use bindery::prelude::*;
use chrono::NaiveDateTime;

use super::{People, Tracked};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = People)]
pub(crate) struct Country {
    #[column(primary_key, generated)]
    pub(crate) country_id: i32,
    #[column(max_length = 50)]
    pub(crate) country: String,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = People)]
pub(crate) struct City {
    #[column(primary_key, generated)]
    pub(crate) city_id: i32,
    #[column(max_length = 50)]
    pub(crate) city: String,
    #[column(index, references = Country::country_id)]
    pub(crate) country_id: i32,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = People)]
pub(crate) struct Address {
    #[column(primary_key, generated)]
    pub(crate) address_id: i32,
    #[column(max_length = 50)]
    pub(crate) address: String,
    #[column(max_length = 50)]
    pub(crate) address2: Option<String>,
    #[column(max_length = 20)]
    pub(crate) district: String,
    #[column(index, references = City::city_id)]
    pub(crate) city_id: i32,
    #[column(max_length = 10)]
    pub(crate) postal_code: Option<String>,
    #[column(max_length = 20)]
    pub(crate) phone: String,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = People)]
pub(crate) struct Store {
    #[column(primary_key, generated)]
    pub(crate) store_id: i32,
    /// NOT NULL in the original. But a store refers to its manager and the manager to the store, and MySQL, which checks
    /// each statement by itself, takes neither first: so a store is inserted without its manager, who is set afterwards.
    #[column(unique, references = Staff::staff_id)]
    pub(crate) manager_staff_id: Option<i32>,
    #[column(index, references = Address::address_id)]
    pub(crate) address_id: i32,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = People)]
pub(crate) struct Staff {
    #[column(primary_key, generated)]
    pub(crate) staff_id: i32,
    #[column(max_length = 45)]
    pub(crate) first_name: String,
    #[column(max_length = 45)]
    pub(crate) last_name: String,
    #[column(index, references = Address::address_id)]
    pub(crate) address_id: i32,
    pub(crate) picture: Option<Vec<u8>>,
    #[column(max_length = 50)]
    pub(crate) email: Option<String>,
    #[column(index, references = Store::store_id)]
    pub(crate) store_id: i32,
    pub(crate) active: bool,
    #[column(max_length = 16)]
    pub(crate) username: String,
    #[column(max_length = 40)]
    pub(crate) password: Option<String>,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = People)]
pub(crate) struct Customer {
    #[column(primary_key, generated)]
    pub(crate) customer_id: i32,
    #[column(index, references = Store::store_id)]
    pub(crate) store_id: i32,
    #[column(max_length = 45)]
    pub(crate) first_name: String,
    #[column(index, max_length = 45)]
    pub(crate) last_name: String,
    #[column(max_length = 50)]
    pub(crate) email: Option<String>,
    #[column(index, references = Address::address_id)]
    pub(crate) address_id: i32,
    pub(crate) active: bool,
    pub(crate) create_date: NaiveDateTime,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}
