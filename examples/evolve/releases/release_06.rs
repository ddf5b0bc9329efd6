use async_trait::async_trait;
use bindery::prelude::*;
use bindery::session::Builder;
use bindery::{ErrorKind, Result};

use super::Release;
use super::release_01::Event;
use super::release_05::{Purchase, User};
use crate::evolution::{Evolution, ensure};

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

/// A table that refers to another.
pub(crate) struct ForeignKey;

#[async_trait]
impl Release for ForeignKey {
    fn number(&self) -> u32 {
        6
    }

    fn name(&self) -> &'static str {
        "foreign key"
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Purchase, Event, Item)>()
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        evolution.draft(self, 0, |builder| self.models(builder), |_| Ok(())).await
    }

    async fn fill(&self, session: &Session) -> Result<()> {
        let item = |product: &str, amount| NewItem { purchase_id: 1, product: product.into(), amount };
        session.insert_many([item("tea", 2), item("cake", 1)]).await?;
        Ok(())
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let items = session.all(Item::select().columns((Item::product, Item::amount)).order_by(Item::id.asc())).await?;
        ensure(items == [("tea".to_owned(), 2), ("cake".to_owned(), 1)], || format!("the items are {items:?}"))?;
        let orphan = session.insert(NewItem { purchase_id: 99, product: "none".into(), amount: 1 }).await;
        ensure(orphan.is_err_and(|error| error.kind() == ErrorKind::ForeignKeyViolation), || "an item without a purchase was let in".into())
    }
}
