//! The tables of these tests, on three binds, and databases to put them in. The table names `users`, `logins` and `events` stand on
//! each bind, with the same columns: a statement that went astray would find other rows, not an error.

use std::ops::Deref;

use bindery::prelude::*;
use bindery::schema::{Column, Reference, StaticTable, Table};
use bindery::{BindKey, SqliteDriver};
use bindery_testkit::TempSqlite;

/// The binds, in the order of the configuration.
pub(crate) const BINDS: [&str; 3] = ["default", "auth", "meta"];

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", bind = "auth")]
pub(crate) struct User {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(unique, max_length = 120)]
    pub(crate) email: String,
    #[column(index)]
    pub(crate) name: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "logins", bind = "auth")]
pub(crate) struct Login {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(references = User::id, on_delete = cascade)]
    pub(crate) user_id: i64,
}

pub(crate) mod on_default {
    use bindery::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "users")]
    pub(crate) struct User {
        #[column(primary_key, generated)]
        pub(crate) id: i64,
        #[column(unique, max_length = 120)]
        pub(crate) email: String,
        #[column(index)]
        pub(crate) name: Option<String>,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "logins")]
    pub(crate) struct Login {
        #[column(primary_key, generated)]
        pub(crate) id: i64,
        #[column(references = User::id, on_delete = cascade)]
        pub(crate) user_id: i64,
    }
}

pub(crate) mod on_meta {
    use bindery::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "users", bind = "meta")]
    pub(crate) struct User {
        #[column(primary_key, generated)]
        pub(crate) id: i64,
        #[column(unique, max_length = 120)]
        pub(crate) email: String,
        #[column(index)]
        pub(crate) name: Option<String>,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "logins", bind = "meta")]
    pub(crate) struct Login {
        #[column(primary_key, generated)]
        pub(crate) id: i64,
        #[column(references = User::id, on_delete = cascade)]
        pub(crate) user_id: i64,
    }
}

/// No bind: `default`.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Post {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) title: String,
}

/// An abstract base on a bind.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(abstract, bind = "meta")]
pub(crate) struct Audited {
    pub(crate) created_by: String,
}

/// Takes its base's columns and bind.
#[derive(Model, Debug, Clone, PartialEq)]
pub(crate) struct Document {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) title: String,
    #[model(inherits)]
    pub(crate) audit: Audited,
}

/// Takes its base's columns, and names its own bind.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(bind = "auth")]
pub(crate) struct Token {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[model(inherits)]
    pub(crate) audit: Audited,
}

fn events(bind: &'static str) -> Table {
    Table::new("events", BindKey::from_static(bind))
        .column(Column::of::<i64>("id").primary_key())
        .column(Column::of::<String>("kind"))
        .column(Column::of::<Option<i64>>("login_id").references(Reference::to_named("logins", "id")))
}

/// Bare tables: without a model.
pub(crate) static EVENTS: StaticTable = StaticTable::new(|| events("auth"));
pub(crate) static EVENTS_ON_DEFAULT: StaticTable = StaticTable::new(|| events("default"));
pub(crate) static EVENTS_ON_META: StaticTable = StaticTable::new(|| events("meta"));

pub(crate) fn bare_tables() -> [&'static Table; 3] {
    [&EVENTS, &EVENTS_ON_DEFAULT, &EVENTS_ON_META]
}

/// The three binds, each in a file.
pub(crate) struct World {
    pub(crate) files: TempSqlite,
    databases: Databases,
}

impl World {
    /// Without tables: no file is there yet.
    pub(crate) async fn empty() -> Self {
        let files = TempSqlite::new().unwrap();
        let builder = Databases::builder().driver(SqliteDriver).tables(bare_tables());
        let builder = BINDS.into_iter().fold(builder, |builder, bind| builder.bind(bind, files.url(bind)));
        World { databases: builder.connect().await.unwrap(), files }
    }

    /// With every table on every bind.
    pub(crate) async fn created() -> Self {
        let world = World::empty().await;
        world.create_all(All).await.unwrap();
        world
    }

    /// Further, with other rows in the tables of one name: two users, a login and an event on `auth`, one of each on the others.
    pub(crate) async fn filled() -> Self {
        let world = World::created().await;
        for bind in ["default", "meta"] {
            world.execute_apart(
                bind,
                &format!(
                    "INSERT INTO users VALUES (1, 'stray@{bind}', 'Stray'), (7, 'other@{bind}', NULL), (8, 'third@{bind}', NULL);
                     INSERT INTO logins VALUES (1, 1), (2, 1);
                     INSERT INTO events VALUES (1, 'stray-{bind}', 1)"
                ),
            );
        }
        world.execute_apart(
            "auth",
            "INSERT INTO users VALUES (1, 'ada@auth', 'Ada'), (2, 'bob@auth', NULL);
             INSERT INTO logins VALUES (10, 2);
             INSERT INTO events VALUES (1, 'login', 10)",
        );
        world
    }
}

impl Deref for World {
    type Target = Databases;

    fn deref(&self) -> &Databases {
        &self.databases
    }
}
