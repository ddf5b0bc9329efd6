use std::fmt::{self, Write};

use sea_query::{QueryBuilder, SqlWriter};

use crate::engine::Param;
use crate::value::{SqlType, ValueRef};

/// What sea-query writes into: the text, and the parameters in the order in which their placeholders stand in it.
pub(super) struct Writer<'r, 'a> {
    pub(super) sql: String,
    pub(super) params: Vec<Param<'a>>,
    /// The parameters in the order in which the renderer met them.
    met: &'r [Param<'a>],
    /// For each of those the number of its placeholder, 0 before it has one. Empty where each is written once.
    numbers: Vec<usize>,
}

impl<'r, 'a> Writer<'r, 'a> {
    pub(super) fn new(met: &'r [Param<'a>], shared: bool) -> Self {
        let numbers = if shared { vec![0; met.len()] } else { Vec::new() };
        Writer { sql: String::with_capacity(256), params: Vec::with_capacity(met.len()), met, numbers }
    }

    fn met_before(&mut self, met: usize, builder: &impl QueryBuilder) {
        let Some(param) = self.met.get(met).copied() else { return };
        match self.numbers.get(met).copied() {
            None => self.placeholder(param, builder),
            Some(0) => {
                self.placeholder(param, builder);
                self.numbers[met] = self.params.len();
            }
            Some(number) => self.mark(number, builder),
        }
    }

    fn placeholder(&mut self, param: Param<'a>, builder: &impl QueryBuilder) {
        self.params.push(param);
        self.mark(self.params.len(), builder);
    }

    fn mark(&mut self, number: usize, builder: &impl QueryBuilder) {
        let (mark, numbered) = builder.placeholder();
        self.sql.push_str(mark);
        if numbered {
            // Writing to a String can't fail.
            let _ = write!(self.sql, "{number}");
        }
    }
}

impl SqlWriter for Writer<'_, '_> {
    fn push_param<B: QueryBuilder>(&mut self, value: sea_query::Value, builder: &B) {
        match value {
            // The number of a parameter of ours.
            sea_query::Value::Int(Some(number)) => {
                if let Ok(met) = usize::try_from(number) {
                    self.met_before(met, builder);
                }
            }
            // Sea-query's own: LIMIT and OFFSET.
            sea_query::Value::BigUnsigned(Some(rows)) => {
                let rows = i64::try_from(rows).unwrap_or(i64::MAX);
                if self.sql.ends_with(" LIMIT ") {
                    // Written out: SQLite looks at a parameter here when it plans, so that each other run prepares the statement again,
                    // which takes longer than many a query. Limits are few, while offsets go through all pages.
                    let _ = write!(self.sql, "{rows}");
                } else {
                    self.placeholder(Param::new(ValueRef::I64(rows), Some(SqlType::I64)), builder);
                }
            }
            _ => {}
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

impl Write for Writer<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.sql.write_str(text)
    }
}

impl fmt::Display for Writer<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}
