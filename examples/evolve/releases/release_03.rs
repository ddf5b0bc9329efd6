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
    pub(crate) full_name: String,
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
    pub(crate) cents: i32,
    pub(crate) status: Status,
    #[column(max_length = 200)]
    pub(crate) note: Option<String>,
}

/// A table and two columns get other names, and keep their rows.
pub(crate) struct Rename;

#[async_trait]
impl Release for Rename {
    fn number(&self) -> u32 {
        3
    }

    fn name(&self) -> &'static str {
        "rename"
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Purchase, Event)>()
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        let answer = |draft: &mut bindery::migrate::Draft| {
            // Until it is answered, nothing is written.
            if draft.bind().as_str() == "people" {
                draft.rename_column("users", "name", "full_name")?;
            } else {
                draft.rename_table("orders", "purchases")?;
                draft.rename_column("purchases", "total", "cents")?;
            }
            Ok(())
        };
        evolution.draft(self, 0, |builder| self.models(builder), answer).await
    }

    async fn fill(&self, _session: &Session) -> Result<()> {
        Ok(())
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let names = session.all(User::select().columns((User::full_name, User::level)).order_by(User::id.asc())).await?;
        ensure(names == [("Ada Lovelace".to_owned(), 3), ("Bob Stone".to_owned(), 1)], || format!("the names are {names:?}"))?;
        let cents = session.all(Purchase::select().columns((Purchase::cents, Purchase::note)).order_by(Purchase::id.asc())).await?;
        ensure(cents == [(1_999, Some("a gift".to_owned())), (500, None)], || format!("the purchases are {cents:?}"))
    }
}
