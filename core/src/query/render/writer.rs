use std::fmt::{self, Write};

use sea_query::{QueryBuilder, SqlWriter};

use crate::engine::Param;
use crate::value::{SqlType, ValueRef};

/// What sea-query writes into: the text, and which parameters' placeholders stand in it.
pub(super) struct Writer {
    pub(super) sql: String,
    /// In the order of the placeholders.
    pub(super) written: Vec<Written>,
    /// How many the renderer met.
    met: usize,
    /// For each of those the number of its placeholder, 0 before it has one. Empty where each is written once.
    numbers: Vec<usize>,
}

/// A parameter that has a placeholder.
#[derive(Clone, Copy)]
pub(super) enum Written {
    /// The one that the renderer met as this.
    Met(usize),
    /// Sea-query's own: so many rows of an OFFSET.
    Offset(u64),
}

impl Written {
    /// The parameter itself, of those that the renderer met.
    pub(super) fn param<'a>(self, met: &[Param<'a>]) -> Option<Param<'a>> {
        match self {
            Written::Met(number) => met.get(number).copied(),
            Written::Offset(rows) => Some(Written::offset(rows)),
        }
    }

    pub(super) fn offset<'a>(rows: u64) -> Param<'a> {
        Param::new(ValueRef::I64(i64::try_from(rows).unwrap_or(i64::MAX)), Some(SqlType::I64))
    }
}

impl Writer {
    /// For so many parameters that the renderer met; `shared` where one of them may stand in the text twice.
    pub(super) fn new(met: usize, shared: bool) -> Self {
        let numbers = if shared { vec![0; met] } else { Vec::new() };
        Writer { sql: String::with_capacity(256), written: Vec::with_capacity(met), met, numbers }
    }

    fn met_before(&mut self, met: usize, builder: &impl QueryBuilder) {
        if met >= self.met {
            return;
        }
        match self.numbers.get(met).copied() {
            None => self.placeholder(Written::Met(met), builder),
            Some(0) => {
                self.placeholder(Written::Met(met), builder);
                self.numbers[met] = self.written.len();
            }
            Some(number) => self.mark(number, builder),
        }
    }

    fn placeholder(&mut self, written: Written, builder: &impl QueryBuilder) {
        self.written.push(written);
        self.mark(self.written.len(), builder);
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

impl SqlWriter for Writer {
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
                if self.sql.ends_with(" LIMIT ") {
                    // Written out: SQLite looks at a parameter here when it plans, so that each other run prepares the statement again,
                    // which takes longer than many a query. Limits are few, while offsets go through all pages.
                    let _ = write!(self.sql, "{}", rows.min(i64::MAX.unsigned_abs()));
                } else {
                    self.placeholder(Written::Offset(rows), builder);
                }
            }
            _ => {}
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.sql.write_str(text)
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}
