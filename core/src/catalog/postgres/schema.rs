use crate::catalog::rows::rows;
use crate::engine::{Connection, FromRow, Param};
use crate::value::{SqlType, ValueRef};
use crate::{Error, ErrorKind, Result};

const CURRENT: &str = "SELECT n.oid::int8, n.nspname::text FROM pg_catalog.pg_namespace n WHERE n.nspname = current_schema()";

/// The current schema of a connection.
pub(super) struct Schema {
    pub(super) oid: i64,
    pub(super) name: String,
}

impl Schema {
    pub(super) async fn current(connection: &mut dyn Connection) -> Result<Self> {
        let (oid, name) = rows(connection, CURRENT, &[]).await?.pop().ok_or_else(|| {
            let message = "the `search_path` names no schema that is there: create one, or name another in the bind's `options` \
                           (`-c search_path=…`)";
            Error::new(ErrorKind::Configuration, message)
        })?;
        Ok(Schema { oid, name })
    }

    /// All rows of a query whose parameter is this schema.
    pub(super) async fn rows<T: FromRow>(&self, connection: &mut dyn Connection, sql: &str) -> Result<Vec<T>> {
        rows(connection, sql, &[Param::new(ValueRef::I64(self.oid), Some(SqlType::I64))]).await
    }
}
