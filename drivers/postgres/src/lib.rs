//! The PostgreSQL engine of bindery.

#[allow(dead_code, unused_imports)] // until the connection beside it uses it
mod batch;
#[cfg(test)]
mod codec_tests;
mod decode;
#[allow(dead_code, unused_imports)] // until the connection beside it uses it
mod encode;
mod epoch;
mod numeric;
mod problem;
mod reader;
mod text;
