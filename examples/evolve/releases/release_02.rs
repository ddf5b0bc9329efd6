use async_trait::async_trait;
use bindery::Result;
use bindery::prelude::*;
use bindery::session::Builder;

use super::Release;
use super::release_01::{Event, Status};
use crate::evolution::{Evolution, ensure};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", bind = "people")]
pub(crate) struct User {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(unique, max_length = 120)]
    pub(crate) email: String,
    #[column(max_length = 100)]
    pub(crate) name: String,
    #[column(sql_default = "1", check = "level > 0")]
    pub(crate) level: i16,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
pub(crate) struct Order {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(index)]
    pub(crate) user_id: i64,
    pub(crate) total: i32,
    pub(crate) status: Status,
    #[column(max_length = 200)]
    pub(crate) note: Option<String>,
}

/// Columns are added to tables with rows.
pub(crate) struct Add;

#[async_trait]
impl Release for Add {
    fn number(&self) -> u32 {
        2
    }

    fn name(&self) -> &'static str {
        "add columns"
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Order, Event)>()
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        evolution.draft(self, 0, |builder| self.models(builder), |_| Ok(())).await
    }

    async fn fill(&self, session: &Session) -> Result<()> {
        session.execute(Order::update().set(Order::note.to("a gift")).filter(Order::status.eq(Status::Paid))).await?;
        session.execute(User::update().set(User::level.to(3)).filter(User::email.eq("ada@example.org"))).await?;
        Ok(())
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let levels = session.all(User::select().columns((User::name, User::level)).order_by(User::id.asc())).await?;
        ensure(levels == [("Ada Lovelace".to_owned(), 3), ("Bob Stone".to_owned(), 1)], || format!("the levels are {levels:?}"))?;
        let notes = session.all(Order::select().columns((Order::total, Order::note)).order_by(Order::id.asc())).await?;
        ensure(notes == [(1_999, Some("a gift".to_owned())), (500, None)], || format!("the notes are {notes:?}"))
    }
}
