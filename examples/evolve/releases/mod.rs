//! The ten releases. Each has the tables that it knows, says how its migrations come about, adds rows, and looks at them.

mod release_01;
mod release_02;
mod release_03;
mod release_04;
mod release_05;
mod release_06;
mod release_07;
mod release_08;
mod release_09;
mod release_10;

use async_trait::async_trait;
use bindery::Result;
use bindery::migrate::Migrations;
use bindery::prelude::*;
use bindery::session::Builder;

use crate::evolution::Evolution;

#[async_trait]
pub(crate) trait Release: Send + Sync {
    /// From 1.
    fn number(&self) -> u32;

    /// What it brings, in a few words.
    fn name(&self) -> &'static str;

    /// The databases that it has.
    fn binds(&self) -> &'static [&'static str] {
        &["default", "people"]
    }

    /// Its tables.
    fn models(&self, builder: Builder) -> Builder;

    /// Its migrations in Rust.
    fn rust(&self, migrations: Migrations) -> Migrations {
        migrations
    }

    /// Has its migrations written.
    async fn write(&self, evolution: &Evolution) -> Result<()>;

    /// Its work: rows.
    async fn fill(&self, session: &Session) -> Result<()>;

    /// Looks at the rows: its own, or after a newer release was left.
    async fn check(&self, session: &Session) -> Result<()>;

    /// Does away with what the release before it could not have.
    async fn prepare_to_leave(&self, _session: &Session) -> Result<()> {
        Ok(())
    }
}

pub(crate) fn all() -> Vec<Box<dyn Release>> {
    vec![
        Box::new(release_01::First),
        Box::new(release_02::Add),
        Box::new(release_03::Rename),
        Box::new(release_04::Split),
        Box::new(release_05::Retype),
        Box::new(release_06::ForeignKey),
        Box::new(release_07::NewBind),
        Box::new(release_08::Enumeration),
        Box::new(release_09::Moved),
        Box::new(release_10::Drop),
    ]
}
