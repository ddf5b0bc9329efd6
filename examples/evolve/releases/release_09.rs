use async_trait::async_trait;
use bindery::Result;
use bindery::migrate::{Draft, Migrations, RustMigration};
use bindery::prelude::*;
use bindery::session::Builder;

use super::release_05::User;
use super::release_07::Fact;
use super::release_08::{Item, Purchase};
use super::{Release, release_01};
use crate::evolution::{Evolution, all_apart, ensure};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "events", bind = "meta")]
pub(crate) struct Event {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(max_length = 200)]
    pub(crate) what: String,
}

/// A table moves to another database: it is made there, a migration in Rust carries the rows over, and the old one goes. Migrations of
/// several binds are run in the order of their versions.
pub(crate) struct Moved;

#[async_trait]
impl Release for Moved {
    fn number(&self) -> u32 {
        9
    }

    fn name(&self) -> &'static str {
        "moved"
    }

    fn binds(&self) -> &'static [&'static str] {
        &["default", "people", "meta"]
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Purchase, Event, Item, Fact)>()
    }

    fn rust(&self, migrations: Migrations) -> Migrations {
        migrations.rust("default", "20260109000001_move_events", MoveEvents)
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        let both = |builder: Builder| builder.models::<(User, Purchase, Event, Item, Fact, release_01::Event)>();
        evolution.draft(self, 0, both, |_| Ok(())).await?;
        let answer = |draft: &mut Draft| {
            all_apart(draft);
            Ok(())
        };
        evolution.draft(self, 2, |builder| self.models(builder), answer).await
    }

    async fn fill(&self, session: &Session) -> Result<()> {
        session.insert(Event { id: 3, what: "moved".into() }).await.map(drop)
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let events = session.all(Event::select().columns(Event::what).order_by(Event::id.asc())).await?;
        let expected = ["opened", "first order", "moved"].map(|what| (what.to_owned(),));
        ensure(events == expected, || format!("the events are {events:?}"))
    }

    /// The release before it counts them.
    async fn prepare_to_leave(&self, session: &Session) -> Result<()> {
        session.execute(Event::delete().filter(Event::id.eq(3))).await.map(drop)
    }
}

struct MoveEvents;

#[async_trait]
impl RustMigration for MoveEvents {
    async fn up(&self, session: &Session) -> Result<()> {
        let events = session.all(release_01::Event::select()).await?;
        // The other database commits as it goes: what a try before this one has left is written over.
        let meta = session.databases().session();
        meta.execute(Event::delete_all()).await?;
        if !events.is_empty() {
            meta.insert_many(events.into_iter().map(|event| Event { id: event.id, what: event.what })).await?;
        }
        Ok(())
    }

    async fn down(&self, session: &Session) -> Result<()> {
        let events = session.databases().session().all(Event::select()).await?;
        session.execute(release_01::Event::delete_all()).await?;
        if !events.is_empty() {
            session.insert_many(events.into_iter().map(|event| release_01::Event { id: event.id, what: event.what })).await?;
        }
        Ok(())
    }

    fn is_repeatable(&self) -> bool {
        true
    }
}
