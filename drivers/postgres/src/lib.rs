//! The PostgreSQL engine of bindery.

#[allow(dead_code)] // until the connection beside it uses it
mod batch;
mod decode;
#[allow(dead_code)] // until the connection beside it uses it
mod encode;
mod epoch;
mod numeric;
mod problem;
mod reader;
mod text;
