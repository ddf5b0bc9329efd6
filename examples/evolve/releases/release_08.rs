use async_trait::async_trait;
use bindery::Result;
use bindery::prelude::*;
use bindery::session::Builder;

use super::Release;
use super::release_01::Event;
use super::release_05::User;
use super::release_07::Fact;
use crate::evolution::{Evolution, ensure};

#[derive(Scalar, Debug, Clone, Copy, PartialEq)]
#[scalar(enumeration = "order_status", rename_all = "snake_case")]
pub(crate) enum Status {
    Open,
    Paid,
    Refunded,
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
    pub(crate) reason: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items", unique(columns(purchase_id, product)))]
pub(crate) struct Item {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(references = Purchase::id, on_delete = cascade)]
    pub(crate) purchase_id: i64,
    #[column(max_length = 60)]
    pub(crate) product: String,
    pub(crate) amount: i32,
}

/// An enumeration grows.
pub(crate) struct Enumeration;

#[async_trait]
impl Release for Enumeration {
    fn number(&self) -> u32 {
        8
    }

    fn name(&self) -> &'static str {
        "enumeration"
    }

    fn binds(&self) -> &'static [&'static str] {
        &["default", "people", "meta"]
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Purchase, Event, Item, Fact)>()
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        evolution.draft(self, 0, |builder| self.models(builder), |_| Ok(())).await
    }

    async fn fill(&self, session: &Session) -> Result<()> {
        session.execute(Purchase::update().set(Purchase::status.to(Status::Refunded)).filter(Purchase::id.eq(2))).await.map(drop)
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let found = session.all(Purchase::select().columns(Purchase::status).order_by(Purchase::id.asc())).await?;
        ensure(found == [(Status::Paid,), (Status::Refunded,), (Status::Open,)], || format!("the purchases are {found:?}"))
    }

    /// What release 7 has no word for.
    async fn prepare_to_leave(&self, session: &Session) -> Result<()> {
        let refunded = Purchase::status.eq(Status::Refunded);
        session.execute(Purchase::update().set(Purchase::status.to(Status::Open)).filter(refunded)).await.map(drop)
    }
}
