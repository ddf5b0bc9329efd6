//! (being written)

pub use bindery_core::{
    __private, AnyBind, Bind, BindKey, BindName, Error, ErrorKind, Outcome, Result, SameDatabase, ToBindKey, config, engine, query, schema,
    session, value,
};
pub use bindery_macros::{Model, Scalar, bind, table};
