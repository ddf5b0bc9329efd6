//! The fifteen tables, as the example `sakila` has them, all in one database.

#[path = "../sakila/models/films.rs"]
mod films;
#[path = "../sakila/models/people.rs"]
mod people;
#[path = "../sakila/models/rentals.rs"]
mod rentals;

use bindery::prelude::*;
use chrono::{DateTime, Utc};

pub(crate) use films::{Actor, Category, Film, FilmActor, FilmCategory, Language};
pub(crate) use people::{Address, City, Country, Customer, Staff, Store};
pub(crate) use rentals::{Inventory, Payment, Rental};

bindery::bind!(pub(crate) Main = "default");
// There these are other databases.
bindery::bind!(pub(crate) People = "default");
bindery::bind!(pub(crate) Rentals = "default");

/// What every table has.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(abstract)]
pub(crate) struct Tracked {
    pub(crate) last_update: DateTime<Utc>,
}
