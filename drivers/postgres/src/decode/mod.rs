//! Values out of PostgreSQL's binary form. What to do is decided once for each column ([`Decoder::of`]), not for each cell.

mod borrowed;
mod decoder;
mod geometry;
mod network;
mod render;
mod structured;

pub(crate) use decoder::{Decoder, sql_type};
