use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::engine::{Batch, ColumnInfo, Connection, Dialect, Statement};
use bindery_core::value::ValueRef;

use crate::wrapper::Break;

/// Gives a result up without closing it.
#[derive(Default)]
pub(crate) struct LeavesResultsOpen;

#[async_trait]
impl Break for LeavesResultsOpen {
    async fn close_result(&self, _inner: &mut dyn Connection) -> Result<()> {
        Ok(())
    }
}

/// Reads a result to its end before it gives the first rows.
#[derive(Default)]
pub(crate) struct Gathers;

#[async_trait]
impl Break for Gathers {
    async fn fetch(&self, inner: &mut dyn Connection) -> Result<Option<Box<dyn Batch>>> {
        let first = inner.fetch().await?;
        while inner.fetch().await?.is_some() {}
        Ok(first)
    }
}

/// Carries what it can't carry as text that was never there.
#[derive(Default)]
pub(crate) struct MendsText;

#[async_trait]
impl Break for MendsText {
    async fn fetch(&self, inner: &mut dyn Connection) -> Result<Option<Box<dyn Batch>>> {
        Ok(inner.fetch().await?.map(|batch| Box::new(Mended(batch)) as Box<dyn Batch>))
    }
}

struct Mended(Box<dyn Batch>);

impl Batch for Mended {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn value(&self, row: usize, column: usize) -> Result<ValueRef<'_>> {
        self.0.value(row, column).or(Ok(ValueRef::Text("\u{fffd}")))
    }
}

/// Gives the rows of a batch from the last to the first.
#[derive(Default)]
pub(crate) struct TurnsRowsRound;

#[async_trait]
impl Break for TurnsRowsRound {
    async fn fetch(&self, inner: &mut dyn Connection) -> Result<Option<Box<dyn Batch>>> {
        Ok(inner.fetch().await?.map(|batch| Box::new(Turned(batch)) as Box<dyn Batch>))
    }
}

struct Turned(Box<dyn Batch>);

impl Batch for Turned {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn value(&self, row: usize, column: usize) -> Result<ValueRef<'_>> {
        self.0.value(self.0.len() - 1 - row, column)
    }
}

/// Asks what whoever came before has asked.
#[derive(Default)]
pub(crate) struct AsksForAnother(Mutex<Option<String>>);

#[async_trait]
impl Break for AsksForAnother {
    async fn query(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        let before = self.0.lock().unwrap().replace(statement.sql.to_owned());
        let sql = before.as_deref().unwrap_or(statement.sql);
        inner.query(&Statement::new(sql, statement.params, statement.effect)).await
    }
}

/// Says its SQL in the words of another backend.
#[derive(Default)]
pub(crate) struct SpeaksAnotherDialect;

impl Break for SpeaksAnotherDialect {
    fn dialect(&self, _inner: &Dialect) -> Dialect {
        Dialect::postgres()
    }
}
