//! Database servers that live as long as a test.
//!
//! What any of them needs is a [`ServerFolder`](server_folder::ServerFolder) with its guardian, a
//! [`ServerProcess`](server_process::ServerProcess), a port and perhaps a template of its data; what is one server's own is in
//! the files of its name.

mod data_template;
mod guardian;
mod mysql_binaries;
mod mysql_client;
mod mysql_flavor;
mod postgres_binaries;
mod psql;
mod restartable_process;
mod server_folder;
mod server_process;
mod sql_client;
mod temp_mysql;
mod temp_mysql_builder;
mod temp_mysql_database;
mod temp_pgbouncer;
mod temp_postgres;
mod temp_postgres_builder;
mod temp_postgres_database;

pub use mysql_flavor::MysqlFlavor;
pub use temp_mysql::TempMysql;
pub use temp_mysql_builder::TempMysqlBuilder;
pub use temp_mysql_database::TempMysqlDatabase;
pub use temp_pgbouncer::TempPgbouncer;
pub use temp_postgres::TempPostgres;
pub use temp_postgres_builder::TempPostgresBuilder;
pub use temp_postgres_database::TempPostgresDatabase;
