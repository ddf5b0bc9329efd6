//! One application, many databases.

pub use bindery_core::{
    AnyBind, Bind, BindKey, BindName, Error, ErrorKind, Outcome, Result, SameDatabase, ToBindKey, config, engine, query, schema, session,
    value,
};
pub use bindery_macros::{Model, Scalar, bind};
#[cfg(feature = "sqlite")]
pub use bindery_sqlite::{Sqlite, SqliteDriver};

#[doc(hidden)]
pub use bindery_core::__private;

pub mod prelude {
    //! What a file with models and statements needs.
    pub use crate::query::{Expression, ModelExt, TableExt, count, exists, raw, Query};
    pub use crate::session::{All, Databases, Session, Transaction};
    pub use crate::{Model, Scalar};
}
