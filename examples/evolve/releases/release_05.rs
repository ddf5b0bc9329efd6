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
    #[column(max_length = 80)]
    pub(crate) first_name: Option<String>,
    #[column(max_length = 80)]
    pub(crate) last_name: Option<String>,
    #[column(sql_default = "1", check = "level > 0")]
    pub(crate) level: i16,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "purchases")]
pub(crate) struct Purchase {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(index)]
    pub(crate) user_id: i64,
    pub(crate) cents: i64,
    pub(crate) status: Status,
    #[column(max_length = 200)]
    pub(crate) note: Option<String>,
}

/// Columns get wider types.
pub(crate) struct Retype;

#[async_trait]
impl Release for Retype {
    fn number(&self) -> u32 {
        5
    }

    fn name(&self) -> &'static str {
        "retype"
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Purchase, Event)>()
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        evolution.draft(self, 0, |builder| self.models(builder), |_| Ok(())).await
    }

    async fn fill(&self, session: &Session) -> Result<()> {
        let dear = NewPurchase { user_id: 1, cents: 5_000_000_000, status: Status::Open, note: None };
        session.insert(dear).await?;
        Ok(())
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let cents = session.all(Purchase::select().columns(Purchase::cents).order_by(Purchase::id.asc())).await?;
        ensure(cents == [(1_999,), (500,), (5_000_000_000,)], || format!("the purchases are {cents:?}"))
    }

    /// What is too large for release 4.
    async fn prepare_to_leave(&self, session: &Session) -> Result<()> {
        session.execute(Purchase::delete().filter(Purchase::cents.gt(i64::from(i32::MAX)))).await.map(drop)
    }
}
