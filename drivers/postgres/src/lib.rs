//! The PostgreSQL engine of bindery: [`Postgres`], opened by [`PostgresDriver`] for binds whose URL begins with `postgresql:` or
//! `postgres:`.
//!
//! # Values
//! They go and come in PostgreSQL's binary form. A parameter with a type is sent as that type; without one, as the type that the server
//! infers. A value of another kind than that type goes as its text, which the server reads as it reads a literal in quotes: text as an
//! `inet`, an enumeration or a `date`, an integer as `text`. What would change silently on that way is
//! [`InvalidValue`](bindery_core::ErrorKind::InvalidValue), with the number of the parameter and its column: an integer out of
//! the column's range, a float that `real` doesn't hold exactly, a date and time without a zone as `timestamptz`, a timestamp as
//! `date`, text as `bytea`. So is text with the character NUL, which PostgreSQL has no room for.
//!
//! What comes back, beside the types of the [table](bindery_core::value):
//!
//! | column | value |
//! | --- | --- |
//! | `varchar`, `char(n)`, `name`, `citext`, `"char"`, enumerations | `Text`; a `char(n)` with its padding |
//! | `json` | `Json`, as it was written |
//! | `oid`, `xid` | `I64` |
//! | domains | that of their base |
//! | arrays | `Array` of their elements, NULLs too. One dimension, counted from 1; others are an error of the cell |
//! | `inet`, `cidr`, `macaddr`, `interval`, `timetz`, `bit`, `xml`, ranges, composites, `hstore`, `ltree`, `tsvector`, `point` and its like, `pg_lsn` | `Other`: the server's text, in the default `DateStyle` and `IntervalStyle`, moments in UTC; a `String` reads it |
//! | others (`money`, `regclass`, `tsquery`, types of extensions) | an error of the cell, that says: `column::text` |
//!
//! No Rust type holds the `numeric` NaN, an infinite number or date, or the time 24:00; nor has `Value` timestamps after the year 294246.
//! Each is [`Decode`](bindery_core::ErrorKind::Decode), with the column's name, when that cell is read.
//!
//! A batch that borrows from the rows costs no allocation per cell; `numeric`, arrays and what is `Other` are made once per batch.

mod batch;
mod cancel;
mod capabilities;
mod client;
#[cfg(test)]
mod codec_tests;
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
#[cfg(test)]
mod tests;
mod text;
mod tls;
mod two_phase;

pub use client::Client;
pub use driver::PostgresDriver;
pub use postgres::Postgres;
pub use server_error::ServerError;
pub use tokio_postgres;
