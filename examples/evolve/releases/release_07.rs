use async_trait::async_trait;
use bindery::Result;
use bindery::prelude::*;
use bindery::session::Builder;

use super::Release;
use super::release_01::Event;
use super::release_05::{Purchase, User};
use super::release_06::Item;
use crate::evolution::{Evolution, ensure};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "facts", bind = "meta")]
pub(crate) struct Fact {
    #[column(primary_key, max_length = 60)]
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A third database.
pub(crate) struct NewBind;

#[async_trait]
impl Release for NewBind {
    fn number(&self) -> u32 {
        7
    }

    fn name(&self) -> &'static str {
        "new bind"
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
        session.insert(Fact { name: "opened".into(), value: "2026".into() }).await.map(drop)
    }

    async fn check(&self, session: &Session) -> Result<()> {
        // Release 10 has lost them, if it was left.
        let facts = session.all(Fact::select()).await?;
        ensure(facts.iter().all(|fact| fact.value == "2026"), || format!("the facts are {facts:?}"))
    }
}
