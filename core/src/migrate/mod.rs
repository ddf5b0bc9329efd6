//! Migrations: each bind has its own folder, its own history in its own database, its own lock and its own state.
//! [`Databases::migrations`](crate::session::Databases::migrations) is the door.

mod current;
mod direction;
mod drafts;
mod files;
mod history;
mod migration_state;
mod migrations;
mod plan;
mod planning;
mod report;
mod run;
mod settlement;
mod settling;
mod squash;
mod target;
mod version;

pub use current::Current;
pub use direction::Direction;
pub use drafts::{Check, Draft, Question};
pub use files::{EmbeddedMigration, RustMigration};
pub use history::HistoryEntry;
pub use migration_state::MigrationState;
pub use migrations::Migrations;
pub use plan::{BindPlan, Plan, PlannedStep};
pub use report::{BindReport, Report, StepDone};
pub use settlement::Settlement;
pub use target::Target;
pub use version::Version;
