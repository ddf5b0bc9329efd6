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

/// How somebody is.
#[derive(Scalar, Clone)]
#[scalar(enumeration = "mood", rename_all = "snake_case")]
pub enum Mood {
    /// bad
    Sad,
    /// good
    Happy,
}

/// A person.
#[derive(Model)]
#[model(table = "people", bind = Auth, columns = PersonColumns, unique(columns(family, r#type), name = "one_each"))]
#[model(index(sql("lower(family)", "friend DESC"), name = "by_name", unique), comment = "who's there")]
#[model(index(columns(friend, r#type), unique, method = "btree", filter = "friend > 0"), check("friend > 0"), check("friend < 9", name = "few",))]
#[model(foreign_key(columns(parent), references(PersonColumns::id), on_delete = set_null, on_update = set_null, name = "to_parent"))]
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
    #[column(check = "mood <> 'sad'", comment = "of the day", default = Mood::Happy)]
    mood: Mood,
    #[column(computed = "friend * 2", index)]
    pub(crate) twice: i64,
}

/// Refers to several columns.
#[derive(Model)]
#[model(bind = Auth, foreign_key(columns(a, Kinds::kind), references(Local2::a, Local2::b), on_update = cascade))]
#[model(foreign_key(columns(a), references = "local2.a"), foreign_key(columns(a, b), references = "local2( a, b )"))]
pub struct Refers {
    #[column(primary_key)]
    a: i64,
    b: Option<i32>,
    #[model(inherits)]
    kinds: Kinds,
}

/// A base with a column that refers.
#[derive(Model)]
#[model(abstract)]
pub struct Kinds {
    kind: i32,
}

/// What is referred to.
#[derive(Model)]
#[model(bind = "auth")]
pub struct Local2 {
    #[column(primary_key)]
    a: i64,
    #[column(primary_key)]
    b: i32,
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
    #[table(bind = "auth", comment = "what happened", check("person > 0"), foreign_key(columns(person), references(PersonColumns::id)))]
    pub static EVENTS {
        #[column(computed = "person", check = "copy > 0")]
        copy: i64,
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
    let _ = NewRefers::new(1, NewKinds::new(2));
    let _ = NewLocal2::new(1, 2);
    local();
    let _ = NewPerson::new("Lovelace".to_owned());
}
