//! Everything that the macros take, in a crate that denies what the compiler can deny.
#![deny(warnings, missing_docs, unsafe_code, unused_qualifications, rust_2018_idioms)]

use bindery::{Model, Scalar, bind, table};

bind!(pub Auth = "auth");

/// Only for `Debug`'s sake: it has none.
#[derive(Scalar)]
pub struct Secret(String);

/// How a film is rated.
#[derive(Scalar, Clone)]
#[scalar(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rating {
    /// everybody
    General,
    /// nobody
    #[scalar(rename = "NC-17")]
    Adults,
}

/// A person.
#[derive(Model)]
#[model(table = "people", bind = Auth, columns = PersonColumns, unique(columns(family, r#type), name = "one_each"))]
pub struct Person {
    /// the key
    #[column(primary_key, generated, name = "person_id")]
    pub id: i64,
    /// the family's name
    #[column(index, max_length = 40)]
    pub family: String,
    #[column(default = "none")]
    r#type: String,
    #[column(unique)]
    pub(crate) secret: Option<Secret>,
    #[column(references = PersonColumns::id, on_delete = set_null)]
    parent: Option<i64>,
    #[column(references = "people.person_id", on_delete = set_default, sql_default = "1")]
    friend: i64,
    #[column(type = "varchar(9)", default = Rating::General)]
    rating: Rating,
}

/// A base.
#[derive(Model)]
#[model(abstract)]
pub struct Base {}

/// Inside a function, on its base's bind.
pub fn local() {
    #[derive(Model)]
    struct Local {
        #[column(primary_key)]
        key: Rating,
        #[model(inherits)]
        base: Base,
    }
    let _ = NewLocal::new(Rating::Adults, NewBase::new());
}

table! {
    #[table(bind = "auth")]
    pub static EVENTS {
        #[column(references = PersonColumns::id, on_delete = cascade)]
        person: i64,
    }
}

macro_rules! tag_of {
    ($name:ident, $table:literal, $bind:path, $target:expr, $ty:ty, $note:ty) => {
        #[derive(Model)]
        #[model(table = $table, bind = $bind)]
        struct $name {
            #[column(primary_key, references = $target)]
            target: $ty,
            #[column(max_length = 20)]
            note: $note,
        }
    };
}
tag_of!(PersonTag, "person_tags", Auth, PersonColumns::id, i64, Option<String>);

fn main() {
    let _ = NewPersonTag::new(1);
    local();
    let _ = NewPerson::new("Lovelace".to_owned());
}
