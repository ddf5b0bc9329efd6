use async_trait::async_trait;
use bindery::Result;
use bindery::migrate::{Migrations, RustMigration};
use bindery::prelude::*;
use bindery::session::Builder;

use super::Release;
use super::release_01::Event;
use super::release_03::Purchase;
use crate::evolution::{Evolution, all_apart, ensure, version};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", bind = "people")]
pub(crate) struct User {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(unique, max_length = 120)]
    pub(crate) email: String,
    #[column(max_length = 50)]
    pub(crate) first_name: Option<String>,
    #[column(max_length = 50)]
    pub(crate) last_name: Option<String>,
    #[column(sql_default = "1", check = "level > 0")]
    pub(crate) level: i16,
}

/// With the name before and after, for as long as rows are on their way.
mod between {
    use bindery::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "users", bind = "people")]
    pub(super) struct User {
        #[column(primary_key, generated)]
        pub(super) id: i64,
        #[column(unique, max_length = 120)]
        pub(super) email: String,
        #[column(max_length = 100)]
        pub(super) full_name: Option<String>,
        #[column(max_length = 50)]
        pub(super) first_name: Option<String>,
        #[column(max_length = 50)]
        pub(super) last_name: Option<String>,
        #[column(sql_default = "1", check = "level > 0")]
        pub(super) level: i16,
    }
}

/// A column becomes two: they are added, a migration in Rust fills them, and the old one goes.
pub(crate) struct Split;

#[async_trait]
impl Release for Split {
    fn number(&self) -> u32 {
        4
    }

    fn name(&self) -> &'static str {
        "split"
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Purchase, Event)>()
    }

    fn rust(&self, migrations: Migrations) -> Migrations {
        migrations.rust("people", "20260104000001_split_names", SplitNames)
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        debug_assert_eq!(version(4, 1)?.to_string(), "20260104000001");
        let both = |builder: Builder| builder.models::<(between::User, Purchase, Event)>();
        let answer = |draft: &mut bindery::migrate::Draft| {
            all_apart(draft);
            Ok(())
        };
        evolution.draft(self, 0, both, answer).await?;
        evolution.draft(self, 2, |builder| self.models(builder), answer).await
    }

    async fn fill(&self, _session: &Session) -> Result<()> {
        Ok(())
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let names = session.all(User::select().columns((User::first_name, User::last_name)).order_by(User::id.asc())).await?;
        let expected = [("Ada", "Lovelace"), ("Bob", "Stone")].map(|(first, last)| (Some(first.to_owned()), Some(last.to_owned())));
        ensure(names == expected, || format!("the names are {names:?}"))
    }
}

struct SplitNames;

#[async_trait]
impl RustMigration for SplitNames {
    async fn up(&self, session: &Session) -> Result<()> {
        use between::User;
        for user in session.all(User::select()).await? {
            let Some((first, last)) = user.full_name.as_deref().and_then(|name| name.split_once(' ')) else { continue };
            let names = User::update().set(User::first_name.to(first.to_owned())).set(User::last_name.to(last.to_owned()));
            session.execute(names.filter(User::id.eq(user.id))).await?;
        }
        Ok(())
    }

    async fn down(&self, session: &Session) -> Result<()> {
        use between::User;
        for user in session.all(User::select()).await? {
            let names: Vec<_> = [user.first_name, user.last_name].into_iter().flatten().collect();
            session.execute(User::update().set(User::full_name.to(names.join(" "))).filter(User::id.eq(user.id))).await?;
        }
        Ok(())
    }

    fn is_repeatable(&self) -> bool {
        true
    }
}
