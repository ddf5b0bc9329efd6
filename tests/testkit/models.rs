//! The tables of these tests: an application's users on `auth`, its notes on `default`, its log on `meta`.

use std::time::Duration;

use bindery::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", bind = "auth")]
pub(crate) struct User {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    // MySQL has no key of a text of any length.
    #[column(unique, max_length = 200)]
    pub(crate) email: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes")]
pub(crate) struct Note {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(unique, max_length = 200)]
    pub(crate) text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "events", bind = "meta")]
pub(crate) struct Event {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) kind: String,
}

pub(crate) fn user(email: &str) -> NewUser {
    NewUser { email: email.to_owned() }
}

pub(crate) fn note(text: &str) -> NewNote {
    NewNote { text: text.to_owned() }
}

pub(crate) fn event(kind: &str) -> NewEvent {
    NewEvent { kind: kind.to_owned() }
}

/// A test that hangs must fail.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("it took longer than 10 seconds")
}
