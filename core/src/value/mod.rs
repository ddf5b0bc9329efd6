//! The closed set of values that every engine carries, and the Rust types that convert to and from them.
//!
//! A [`Scalar`] is a Rust type that one column holds. It travels as a [`Value`], which is bindery's own, and each backend keeps it
//! in the column type of its [`Dialect`](crate::engine::Dialect):
//!
//! | Rust type | [`Value`] | SQLite | PostgreSQL | MySQL |
//! | --- | --- | --- | --- | --- |
//! | `bool` | `Bool` | `BOOLEAN` | `boolean` | `tinyint(1)` |
//! | `i8` | `I64` | `INTEGER` | `smallint` | `tinyint` |
//! | `i16` | `I64` | `INTEGER` | `smallint` | `smallint` |
//! | `i32` | `I64` | `INTEGER` | `integer` | `int` |
//! | `i64` | `I64` | `INTEGER` | `bigint` | `bigint` |
//! | `u8` | `I64` | `INTEGER` | `smallint` | `tinyint unsigned` |
//! | `u16` | `I64` | `INTEGER` | `integer` | `smallint unsigned` |
//! | `u32` | `I64` | `INTEGER` | `bigint` | `int unsigned` |
//! | `u64` | `U64` | `INTEGER`, to `i64::MAX` | `numeric(20)` | `bigint unsigned` |
//! | `f32` | `F64` | `REAL` | `real` | `float` |
//! | `f64` | `F64` | `REAL` | `double precision` | `double` |
//! | `String` | `Text` | `TEXT` | `text COLLATE "C"` | `longtext` |
//! | `Vec<u8>` | `Bytes` | `BLOB` | `bytea` | `longblob` |
//! | `Option<T>` | `Null`, or that of `T` | that of `T`, with NULL | the same | the same |
//! | `rust_decimal::Decimal` | `Decimal` | `DECIMAL_TEXT COLLATE decimal` | `numeric` | `decimal(65, 30)` |
//! | `chrono::NaiveDate`, `time::Date`, `jiff::civil::Date` | `Date` | `DATE_TEXT` | `date` | `date` |
//! | `chrono::NaiveTime`, `time::Time`, `jiff::civil::Time` | `Time` | `TIME_TEXT` | `time` | `time(6)` |
//! | `chrono::NaiveDateTime`, `time::PrimitiveDateTime`, `jiff::civil::DateTime` | `DateTime` | `DATETIME_TEXT` | `timestamp` | `datetime(6)` |
//! | `chrono::DateTime<Utc>`, `time::UtcDateTime`, `time::OffsetDateTime`, `jiff::Timestamp` | `Timestamp` | `TIMESTAMP_TEXT` | `timestamptz` | `datetime(6)` |
//! | `uuid::Uuid` | `Uuid` | `UUID_TEXT` | `uuid` | `char(36)` |
//! | `serde_json::Value` | `Json` | `JSON_TEXT` | `jsonb` | `json` |
//!
//! The types of other crates come with the feature of that crate's name. `#[derive(Scalar)]` adds newtypes and enums of your own.
//! [`Column::max_length`](crate::schema::Column::max_length) makes text a `varchar`,
//! [`Column::decimal`](crate::schema::Column::decimal) gives a decimal its digits. `docs/TYPES.md` in the repository, which a test writes from what
//! the backends do, has each type's range, the values at its edges, and what else it reads.
//!
//! # What does not fit is an error
//!
//! On the way in it is [`InvalidValue`](crate::ErrorKind::InvalidValue), before anything is sent; on the way out
//! [`Decode`](crate::ErrorKind::Decode), with the column's name. An integer out of range, NaN, NULL without an `Option`, a year
//! that the type or the backend does not have: none is changed silently. **Times finer than a microsecond are truncated** to it,
//! towards the past; that is the only exception on the way in. On the way out, a decimal that is asked for as a float becomes the
//! nearest one (on some backends the average of integers is a decimal); a float never becomes a decimal.
//!
//! # Order and equality
//!
//! Equality and order in SQL are Rust's on every backend, in filters, `order_by`, `min` and `max`. For text that is the order of code
//! points, and `like` minds the case. It holds for the tables that bindery creates, whose text columns are `COLLATE "C"` on PostgreSQL; a
//! column that was made with another collation keeps that, and PostgreSQL refuses to compare or unite columns of two collations.
//!
//! **MySQL and MariaDB fill the shorter of two texts up with spaces** before they compare them: `'a'` is `'a '` to `eq`, `in_`, `group_by` and a unique
//! key (not to `like`), and what begins with a character below the space, a tab or NUL, sorts before what ends there. The spaces are kept.
//! Where they mean something, keep bytes.
//!
//! `lower` and `upper` in raw SQL change ASCII letters only, as SQLite's do: on PostgreSQL `lower(name COLLATE "und-x-icu")` knows the others.
//!
//! `sum` and `avg` read as the same type everywhere. The last digit of an average of integers may differ, as PostgreSQL divides
//! decimals.
//!
//! # A server's own types
//!
//! `#[column(type = "citext")]` gives a column a type in the server's words, for example PostgreSQL's `citext`, `inet`, an enumeration or a
//! domain, as a field of the Rust type that it reads as, mostly `String`. Its parameters are sent without a type, which the server
//! infers: it compares and sorts the column in its own way, an enumeration in the order of its declaration. Where the table is not
//! bindery's, name the type of a column that is none of those in the table above.
//!
//! # Dates and times
//!
//! ```
//! # #[cfg(feature = "chrono")] {
//! use bindery_core::value::{Scalar, Value};
//!
//! let noon = chrono::NaiveTime::from_hms_nano_opt(12, 0, 0, 1_999).unwrap();
//! assert_eq!(noon.into_value()?, Value::Time(43_200_000_001)); // microseconds
//! # }
//! # Ok::<(), bindery_core::Error>(())
//! ```
//!
//! - Text, as SQLite keeps it, is read in the forms of [`calendar`]. It has the years 0 to 9999.
//! - A type in UTC also reads a date and time without a zone, as UTC: that is what MySQL gives for expressions, in a session
//!   whose zone is UTC. A type without a zone refuses a timestamp, which would no longer say when it was (SQLite's text does not
//!   tell the two apart).
//! - An offset or a zone is kept nowhere. `time::OffsetDateTime` is sent, and comes back, in UTC: the same moment, and equal by
//!   its own `==`. `chrono::DateTime<FixedOffset>`, `chrono::DateTime<Local>` and `jiff::Zoned` are no columns: convert them where
//!   it can be seen.
//! - chrono's leap seconds are refused. PostgreSQL's `24:00:00` and MySQL's times beyond a day fit no Rust type.
//!
//! # Decimals
//!
//! The scale is kept: `2.50` is sent as `2.50`. On MySQL, whose columns have one scale for all of their values, a column without a
//! scale of its own gives it back as `2.5`, and ends at 35 digits before the point and 30 behind it. A column may have a scale of its own: a value with more places is refused and never
//! rounded, one with fewer is padded where the backend does so.
//! `rust_decimal::Decimal` has 28 digits, often 29. A value of more is an error and never rounded, but zeros that only pad it go.
//!
//! # JSON
//!
//! - `Some(serde_json::Value::Null)` is the document `null`, `None` is NULL.
//! - A fraction is the nearest `f64`. An integer beyond 64 bits is an error on reading, unless the feature `arbitrary_precision` of
//!   `serde_json` keeps it.
//! - A document nests at most 127 levels; MariaDB takes 31, MySQL 99.
//! - MySQL 5.7 may read a fraction of more than 15 digits with another last one.
//! - PostgreSQL and MySQL keep a document's meaning, not its text: the order of keys is lost, and `1e16` may come back as an integer.
//! - JSON has no equality or order in SQL that backends agree on, so it is neither [`Comparable`] nor [`Ordered`].

mod array;
mod builtin;
pub mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "rust_decimal")]
mod decimal;
mod enumeration;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "serde_json")]
mod json;
mod scalar;
mod sql_type;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod temporal;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
#[allow(clippy::module_inception)] // a file is named for its main type
mod value;

pub use array::Array;
pub use enumeration::Enumeration;
pub use scalar::{CastTo, Comparable, Computable, Divisible, HasDate, HasTime, Integer, JsonDocument, Numeric, Ordered, Scalar};
pub use sql_type::SqlType;
pub use value::{Value, ValueRef};
