//! The fifteen tables of Sakila, each on its own bind. Keys refer within a bind only: what points to another database
//! (`Payment::customer_id`) is a plain value, and a reference there would not compile.

mod films;
mod people;
mod rentals;

use bindery::prelude::*;
use chrono::{DateTime, Utc};

pub(crate) use films::{Actor, Category, Film, FilmActor, FilmCategory, Language};
pub(crate) use people::{Address, City, Country, Customer, Staff, Store};
pub(crate) use rentals::{Inventory, Payment, Rental};

bindery::bind!(
    /// Who works, rents and pays, and where they live. The films are on the bind `default`, which needs no name.
    pub(crate) People = "people"
);
bindery::bind!(
    /// What was rented, and what was paid for it.
    pub(crate) Rentals = "rentals"
);

/// What every table has.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(abstract)]
pub(crate) struct Tracked {
    pub(crate) last_update: DateTime<Utc>,
}
