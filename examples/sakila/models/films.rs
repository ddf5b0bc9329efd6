//! The films: on the bind `default`, since nothing else is said.

use bindery::prelude::*;
use rust_decimal::Decimal;

use super::Tracked;

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Language {
    #[column(primary_key, generated)]
    pub(crate) language_id: i32,
    #[column(max_length = 20)]
    pub(crate) name: String,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Film {
    #[column(primary_key, generated)]
    pub(crate) film_id: i32,
    #[column(index, max_length = 128)]
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) release_year: Option<i16>,
    #[column(index, references = Language::language_id)]
    pub(crate) language_id: i32,
    #[column(index, references = Language::language_id)]
    pub(crate) original_language_id: Option<i32>,
    /// in days
    pub(crate) rental_duration: i16,
    #[column(type = decimal(4, 2))]
    pub(crate) rental_rate: Decimal,
    /// in minutes
    pub(crate) length: Option<i16>,
    #[column(type = decimal(5, 2))]
    pub(crate) replacement_cost: Decimal,
    pub(crate) rating: Option<Rating>,
    /// a set, with commas between: `Trailers,Deleted Scenes`
    #[column(max_length = 60)]
    pub(crate) special_features: Option<String>,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Scalar, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rating {
    #[scalar(rename = "G")]
    General,
    #[scalar(rename = "PG")]
    ParentalGuidance,
    #[scalar(rename = "PG-13")]
    ParentsCautioned,
    #[scalar(rename = "R")]
    Restricted,
    #[scalar(rename = "NC-17")]
    AdultsOnly,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Actor {
    #[column(primary_key, generated)]
    pub(crate) actor_id: i32,
    #[column(max_length = 45)]
    pub(crate) first_name: String,
    #[column(index, max_length = 45)]
    pub(crate) last_name: String,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct FilmActor {
    #[column(primary_key, references = Actor::actor_id)]
    pub(crate) actor_id: i32,
    #[column(primary_key, index, references = Film::film_id)]
    pub(crate) film_id: i32,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Category {
    #[column(primary_key, generated)]
    pub(crate) category_id: i32,
    #[column(max_length = 25)]
    pub(crate) name: String,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct FilmCategory {
    #[column(primary_key, references = Film::film_id)]
    pub(crate) film_id: i32,
    #[column(primary_key, references = Category::category_id)]
    pub(crate) category_id: i32,
    #[model(inherits)]
    pub(crate) tracked: Tracked,
}
