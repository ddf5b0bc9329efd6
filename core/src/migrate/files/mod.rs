//! What there is to run: the migrations of a bind, from a folder, from the binary, or in Rust.

mod embedded_migration;
mod migration;
mod migration_set;
mod new_folder;
mod rust_migration;
mod script;

pub use embedded_migration::EmbeddedMigration;
pub(super) use migration::{Body, Migration, checksum_of, digest};
pub(super) use migration_set::{MigrationSet, check_name, unknown_folders, version_and_name};
pub(super) use new_folder::write_folder;
pub(super) use rust_migration::NoWayBack;
pub use rust_migration::RustMigration;
pub(super) use script::{Script, ScriptStatement};
