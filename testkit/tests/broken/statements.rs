use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bindery_core::engine::{ColumnInfo, Connection, Executed, Param, Statement};
use bindery_core::value::{SqlType, ValueRef};
use bindery_core::{Error, ErrorKind, Result};

use crate::wrapper::Break;

/// Puts texts into the statement, between quotes.
#[derive(Default)]
pub(crate) struct Splices;

#[async_trait]
impl Break for Splices {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let mut sql = statement.sql.to_owned();
        let mut rest = Vec::new();
        for (number, param) in (1..).zip(statement.params) {
            match param.value {
                ValueRef::Text(text) => {
                    let spliced = format!(", '{text}'");
                    sql = sql.replacen(", ?", &spliced, 1).replacen(&format!(", ${number}"), &spliced, 1);
                }
                _ => rest.push(*param),
            }
        }
        inner.execute(&Statement::new(&sql, &rest, statement.effect)).await
    }
}

/// Sends what isn't of its type as what it is.
#[derive(Default)]
pub(crate) struct CutsIntegers;

#[async_trait]
impl Break for CutsIntegers {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let cut = |param: &mut Param<'_>| {
            if let (ValueRef::I64(value), Some(SqlType::I16)) = (param.value, param.sql_type) {
                param.value = ValueRef::I64((value as i16).into());
            }
        };
        let mut params = statement.params.to_vec();
        params.iter_mut().for_each(cut);
        inner.execute(&Statement::new(statement.sql, &params, statement.effect)).await
    }
}

/// Counts the rows that changed, as MySQL does unless asked otherwise: here, one fewer.
#[derive(Default)]
pub(crate) struct CountsChangedRows;

#[async_trait]
impl Break for CountsChangedRows {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let mut executed = inner.execute(statement).await?;
        executed.rows_affected = executed.rows_affected.map(|rows| rows.saturating_sub(1));
        Ok(executed)
    }
}

/// Finds a prepared statement by its text alone.
#[derive(Default)]
pub(crate) struct CachesByText(Mutex<HashMap<String, Vec<Option<SqlType>>>>);

#[async_trait]
impl Break for CachesByText {
    async fn query(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let types: Vec<_> = statement.params.iter().map(|param| param.sql_type).collect();
        let prepared = self.0.lock().unwrap().entry(statement.sql.to_owned()).or_insert_with(|| types.clone()).clone();
        if prepared != types {
            return Err(Error::new(ErrorKind::Sql, "the prepared statement has parameters of other types"));
        }
        inner.query(statement).await
    }
}

/// Leaves the types of parameters to the server.
#[derive(Default)]
pub(crate) struct DropsTypes;

#[async_trait]
impl Break for DropsTypes {
    async fn query(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let params: Vec<_> = statement.params.iter().map(|param| Param::new(param.value, None)).collect();
        inner.query(&Statement::new(statement.sql, &params, statement.effect)).await
    }
}

/// Replaces what looks like a placeholder wherever it stands.
#[derive(Default)]
pub(crate) struct RewritesText;

#[async_trait]
impl Break for RewritesText {
    async fn query(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let sql = statement.sql.replace("$1", "?1");
        inner.query(&Statement::new(&sql, statement.params, statement.effect)).await
    }
}
