use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::needs::Need;
use super::outline::{Outline, OutlineKey};
use super::writer::{Writer, Written};
use crate::engine::Param;
use crate::query::select_query::SelectQuery;
use crate::value::SqlType;

/// The text of a select, as it is for any values.
pub(crate) struct SelectText {
    sql: String,
    params: Vec<Slot>,
    needs: Vec<Need>,
}

/// A parameter without its value.
struct Slot {
    written: Written,
    sql_type: Option<SqlType>,
    column: Option<&'static str>,
}

/// What was written, of the whole process: it follows from tables, which are the process's too. The hash is a fast one, since the
/// outlines are the application's.
static TEXTS: LazyLock<RwLock<HashMap<OutlineKey, Arc<SelectText>, foldhash::fast::RandomState>>> = LazyLock::new(RwLock::default);

/// An application has some hundreds, as many as places in its code that ask. Where it puts filters together at run time, or takes
/// limits from requests, there is no end to them: then all are forgotten, and those that are asked for come back.
const MOST_TEXTS: usize = 2_048;

impl SelectText {
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// The text of a select of this outline, and its parameters with the outline's values and this OFFSET.
    pub(super) fn find<'a>(outline: &Outline<'a>, offset: Option<u64>) -> Option<(Arc<Self>, Vec<Param<'a>>)> {
        // Nothing that holds the lock can panic half way.
        let text = Arc::clone(TEXTS.read().unwrap_or_else(PoisonError::into_inner).get(&outline.key)?);
        let param = |slot: &Slot| match slot.written {
            Written::Met(number) => Some(Param::new(*outline.values.get(number)?, slot.sql_type).for_column(slot.column)),
            Written::Offset(_) => offset.map(Written::offset),
        };
        let params: Option<Vec<_>> = text.params.iter().map(param).collect();
        Some((text, params?))
    }

    /// Keeps what was written for this select, in which these parameters were met.
    pub(super) fn keep(outline: Outline<'_>, query: &SelectQuery, met: &[Param<'_>], needs: &[Need], writer: &Writer) {
        // Where the renderer made something else of the values than the outline has (a parameter for each of a list), they are no use to it.
        if !outline.values.iter().copied().eq(met.iter().map(|param| param.value)) {
            return;
        }
        // The names that the tables have of their columns: they live as long as the text.
        let sources = std::iter::once(&query.from).chain(query.joins.iter().map(|join| &join.source));
        let columns = |name: &str| sources.clone().find_map(|source| source.table.find_column(name)).map(|column| column.name());
        let slot = |written: &Written| {
            let param = written.param(met)?;
            Some(Slot { written: *written, sql_type: param.sql_type, column: param.column.and_then(columns) })
        };
        let Some(params) = writer.written.iter().map(slot).collect() else { return };
        let text = Arc::new(SelectText { sql: writer.sql.clone(), params, needs: needs.to_vec() });
        let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
        if texts.len() >= MOST_TEXTS {
            texts.clear();
        }
        texts.insert(outline.key, text);
    }
}

#[cfg(test)]
mod tests;
