//! Migrations: each bind has its own folder, its own history in its own database, its own lock and its own state.
//! [`Databases::migrations`](crate::session::Databases::migrations) is the door.

mod autogenerate;
mod check;
mod course;
mod draft;
mod embedded_migration;
mod fingerprint;
mod foreign_keys;
mod history;
mod lock;
mod migration;
mod migration_set;
mod migrations;
mod plan;
mod planning;
mod question;
mod report;
mod runner;
mod rust_migration;
mod scratch;
mod script;
mod settling;
mod squash;
mod state;
mod statement_effect;
mod stepwise;
mod target;
mod version;

pub use check::Check;
pub use draft::Draft;
pub use embedded_migration::EmbeddedMigration;
pub use history::{HistoryEntry, MigrationState};
pub use migration::Direction;
pub use migrations::Migrations;
pub use plan::{BindPlan, Plan, PlannedStep};
pub use question::Question;
pub use report::{BindReport, Report, StepDone};
pub use rust_migration::RustMigration;
pub use state::{Current, Settlement};
pub use target::Target;
pub use version::Version;
