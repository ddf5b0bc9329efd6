use async_trait::async_trait;
use bindery::Result;
use bindery::migrate::Draft;
use bindery::prelude::*;
use bindery::session::Builder;

use super::Release;
use super::release_05::User;
use super::release_08::Status;
use super::release_09::Event;
use crate::evolution::{Evolution, ensure};

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

/// A column and a table go, with what was in them.
pub(crate) struct Drop;

#[async_trait]
impl Release for Drop {
    fn number(&self) -> u32 {
        10
    }

    fn name(&self) -> &'static str {
        "drop"
    }

    fn binds(&self) -> &'static [&'static str] {
        &["default", "people", "meta"]
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Purchase, Event, Item)>()
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        let answer = |draft: &mut Draft| {
            draft.consent_to_all();
            Ok(())
        };
        evolution.draft(self, 0, |builder| self.models(builder), answer).await
    }

    async fn fill(&self, _session: &Session) -> Result<()> {
        Ok(())
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let purchases = session.all(Purchase::select().columns((Purchase::cents, Purchase::status)).order_by(Purchase::id.asc())).await?;
        let expected = [(1_999, Status::Paid), (500, Status::Refunded), (5_000_000_000, Status::Open)];
        ensure(purchases == expected, || format!("the purchases are {purchases:?}"))?;
        let items = session.count(Item::select()).await?;
        ensure(items == 2, || format!("there are {items} items"))
    }
}
