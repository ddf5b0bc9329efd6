use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::engine::{Cells, ColumnInfo, Connection, Dialect, EachRow, Family, Statement};
use bindery_core::value::{Value, ValueRef};

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
    async fn fetch(&self, inner: &mut dyn Connection, each: &mut EachRow<'_>) -> Result<bool> {
        if inner.fetch(each).await? {
            while inner.fetch(&mut |_| ControlFlow::Continue(())).await? {}
        }
        Ok(false)
    }
}

/// Carries what it can't carry as text that was never there.
#[derive(Default)]
pub(crate) struct MendsText;

#[async_trait]
impl Break for MendsText {
    async fn fetch(&self, inner: &mut dyn Connection, each: &mut EachRow<'_>) -> Result<bool> {
        inner.fetch(&mut |cells| each(&Mended(cells))).await
    }
}

struct Mended<'a>(&'a dyn Cells);

impl Cells for Mended<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>> {
        self.0.value(column).or(Ok(ValueRef::Text("\u{fffd}")))
    }
}

/// Gives more rows to whoever has enough.
#[derive(Default)]
pub(crate) struct GivesMore;

#[async_trait]
impl Break for GivesMore {
    async fn fetch(&self, inner: &mut dyn Connection, each: &mut EachRow<'_>) -> Result<bool> {
        inner
            .fetch(&mut |cells| {
                let _enough = each(cells);
                ControlFlow::Continue(())
            })
            .await
    }
}

/// Gives rows from the last to the first.
#[derive(Default)]
pub(crate) struct TurnsRowsRound;

#[async_trait]
impl Break for TurnsRowsRound {
    async fn fetch(&self, inner: &mut dyn Connection, each: &mut EachRow<'_>) -> Result<bool> {
        let mut rows = Vec::new();
        let mut keep = |cells: &dyn Cells| {
            rows.push((0..).map_while(|column| cells.value(column).ok().map(ValueRef::to_owned)).collect::<Vec<Value>>());
            ControlFlow::Continue(())
        };
        let more = inner.fetch(&mut keep).await?;
        for row in rows.iter().rev() {
            let _enough = each(row);
        }
        Ok(more)
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
    fn dialect(&self, inner: &Dialect) -> Dialect {
        if inner.family() == Family::Postgres { Dialect::mysql() } else { Dialect::postgres() }
    }
}
