//! The PostgreSQL engine of bindery.

mod cancel;
mod config;
mod connect;
mod connect_failure;
mod hosts;
mod notifications;
mod option_reader;
mod target;
mod tls;
