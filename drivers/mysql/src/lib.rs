//! The MySQL and MariaDB engine of bindery: [`Mysql`], opened by [`MysqlDriver`] for binds whose URL begins with `mysql:` or `mariadb:`.

mod config;
mod connection;
mod driver;
mod encode;
mod error;
mod link;
mod mysql;
mod pool;
mod problem;
mod row_cells;
mod server;
mod server_error;
mod statement_cache;
mod statement_kind;
#[cfg(test)]
mod tests;
mod tls;
mod two_phase;
mod xid;

pub use driver::MysqlDriver;
pub use mysql::Mysql;
pub use mysql_async;
pub use server_error::ServerError;
