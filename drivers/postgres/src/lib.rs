//! The PostgreSQL engine of bindery.

#[allow(dead_code)] // until the connection beside it uses it
mod batch;
mod cancel;
mod config;
mod connect;
mod connect_failure;
mod decode;
#[allow(dead_code)] // until the connection beside it uses it
mod encode;
mod epoch;
mod hosts;
mod notifications;
mod numeric;
mod option_reader;
mod problem;
mod reader;
mod target;
mod text;
mod tls;
