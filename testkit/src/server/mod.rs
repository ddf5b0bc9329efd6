//! Database servers that live as long as a test.
//!
//! What any of them needs is a [`ServerFolder`](server_folder::ServerFolder) with its guardian, a
//! [`ServerProcess`](server_process::ServerProcess), a port and perhaps a template of its data; what is one server's own is in
//! the files of its name.

mod data_template;
mod guardian;
mod postgres_binaries;
mod psql;
mod restartable_process;
mod server_folder;
mod server_process;
mod sql_client;
mod temp_pgbouncer;
mod temp_postgres;
mod temp_postgres_builder;
mod temp_postgres_database;

pub use temp_pgbouncer::TempPgbouncer;
pub use temp_postgres::TempPostgres;
pub use temp_postgres_builder::TempPostgresBuilder;
pub use temp_postgres_database::TempPostgresDatabase;
