//! The book (`docs/book`): its code is the body of these tests, and `page` compares. Its table of differences is written by a test, from what the
//! backends do: `BINDERY_WRITE_DOCS=1 cargo nextest run --all-features --test book`.
#![allow(dead_code, unused_imports)] // the blog is shared, and a chapter shows more of a struct than its test reads
#![allow(clippy::unwrap_used, clippy::panic)] // clippy knows tests by `#[test]`, and these are their helpers

mod changing;
mod differences;
mod expressions;
mod page;
mod raw_sql;
mod running;
mod select;

// The models of the book: a blog whose users are in another database.
include!(concat!(env!("CARGO_MANIFEST_DIR"), "/core/docs/blog.rs"));
