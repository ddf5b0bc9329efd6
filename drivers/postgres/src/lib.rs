//! The PostgreSQL engine of bindery: [`Postgres`], opened by [`PostgresDriver`] for binds whose URL begins with `postgresql:` or
//! `postgres:`.

mod batch;
mod cancel;
mod capabilities;
mod client;
mod config;
mod connect;
mod connect_failure;
mod connection;
mod custom_types;
mod decode;
mod driver;
mod encode;
mod epoch;
mod error;
mod hosts;
mod leading_word;
mod link;
mod manager;
mod notifications;
mod numeric;
mod open_result;
mod option_reader;
mod pool;
mod postgres;
mod problem;
mod reader;
mod server_error;
mod statement_cache;
mod target;
mod text;
mod tls;
mod two_phase;

pub use client::Client;
pub use driver::PostgresDriver;
pub use postgres::Postgres;
pub use server_error::ServerError;
pub use tokio_postgres;
