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
}

impl<'r, 'a> Writer<'r, 'a> {
    pub(super) fn new(met: &'r [Param<'a>]) -> Self {
        Writer { sql: String::with_capacity(256), params: Vec::with_capacity(met.len()), met }
    }

    fn placeholder(&mut self, param: Param<'a>, builder: &impl QueryBuilder) {
        self.params.push(param);
        let (mark, numbered) = builder.placeholder();
        self.sql.push_str(mark);
        if numbered {
            // Writing to a String can't fail.
            let _ = write!(self.sql, "{}", self.params.len());
        }
    }
}

impl SqlWriter for Writer<'_, '_> {
    fn push_param<B: QueryBuilder>(&mut self, value: sea_query::Value, builder: &B) {
        match value {
            // The number of a parameter of ours.
            sea_query::Value::Int(Some(number)) => {
                let met = usize::try_from(number).ok().and_then(|number| self.met.get(number));
                if let Some(param) = met.copied() {
                    self.placeholder(param, builder);
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
