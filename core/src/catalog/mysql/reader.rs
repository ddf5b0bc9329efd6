use std::collections::BTreeMap;

use super::rows;
use super::server::Server;
use crate::engine::{Connection, Dialect, FromRow};
use crate::{Error, ErrorKind, Result};

/// Reads the current database of a connection, with as few queries as its `information_schema` allows.
pub(super) struct Reader<'a> {
    connection: &'a mut dyn Connection,
    pub(super) server: Server,
    /// the database
    pub(super) database: String,
}

impl<'a> Reader<'a> {
    pub(super) async fn new(connection: &'a mut dyn Connection) -> Result<Self> {
        let said: Vec<(String, Option<String>)> = rows(connection, "SELECT version(), database()", &[]).await?;
        match said.into_iter().next() {
            Some((version, Some(database))) => Ok(Reader { connection, server: Server::of(&version), database }),
            _ => Err(Error::new(ErrorKind::InvalidStatement, "the connection is in no database, so there is none to reflect")),
        }
    }

    pub(super) async fn rows<T: FromRow>(&mut self, sql: &str) -> Result<Vec<T>> {
        rows(self.connection, sql, &[]).await
    }

    /// What the server shows to make one thing again, by `SHOW CREATE`; nothing where it doesn't.
    pub(super) async fn shown(&mut self, kind: &str, name: &str) -> Result<String> {
        let shown: Vec<(String, String)> = self.rows(&format!("SHOW CREATE {kind} {}", quote(name))).await?;
        Ok(shown.into_iter().next().map(|(_, sql)| sql).unwrap_or_default())
    }
}

/// A condition: the database of this column is the current one. `information_schema` compares names without regard to case, also where a
/// server has several databases that differ in nothing else.
pub(super) fn is_here(column: &str) -> String {
    format!("({column} = database() AND (@@lower_case_table_names > 0 OR CAST({column} AS BINARY) = database()))")
}

/// Rows by what they belong to, each group in its order.
pub(super) fn grouped<K: Ord, V>(rows: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, Vec<V>> {
    let mut groups = BTreeMap::<K, Vec<V>>::new();
    for (key, value) in rows {
        groups.entry(key).or_default().push(value);
    }
    groups
}

/// A name as it stands in SQL.
pub(super) fn quote(name: &str) -> String {
    Dialect::mysql().quote(name)
}

/// A text, unless it is empty.
pub(super) fn unless_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
