use std::fmt::{self, Write};

use sea_query::{QueryBuilder, SqlWriter};

use super::quotes::Quotes;
use crate::engine::{Dialect, LimitForm, Param, Placeholders};
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
    placeholders: Placeholders,
    /// Where they are not the family's.
    quotes: Option<Quotes>,
    limit: LimitForm,
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
    pub(super) fn new(dialect: &Dialect, met: usize, shared: bool) -> Self {
        let numbers = if shared { vec![0; met] } else { Vec::new() };
        Writer {
            sql: String::with_capacity(256),
            written: Vec::with_capacity(met),
            met,
            numbers,
            placeholders: dialect.placeholders(),
            quotes: dialect.own_quotes().map(|own| Quotes::new(dialect.family_quote(), own)),
            limit: dialect.limit_form(),
        }
    }

    /// Whether the placeholders stand for all that the renderer met, as it met them.
    pub(super) fn is_in_order(&self, met: usize) -> bool {
        let is_next = |(number, written): (usize, &Written)| matches!(written, Written::Met(met) if *met == number);
        self.written.len() == met && self.written.iter().enumerate().all(is_next)
    }

    /// Nothing more is written.
    pub(super) fn end(&mut self) {
        if let Some(quotes) = &mut self.quotes {
            quotes.end_name(&mut self.sql);
        }
    }

    fn met_before(&mut self, met: usize) {
        if met >= self.met {
            return;
        }
        match self.numbers.get(met).copied() {
            None => self.placeholder(Written::Met(met)),
            Some(0) => {
                self.placeholder(Written::Met(met));
                self.numbers[met] = self.written.len();
            }
            // A placeholder without a number stands for no other one's value.
            Some(_) if matches!(self.placeholders, Placeholders::Plain(_)) => self.placeholder(Written::Met(met)),
            Some(number) => self.mark(number),
        }
    }

    /// The placeholder of the next parameter that the renderer meets is in the text already.
    pub(super) fn note_placeholder(&mut self) {
        self.written.push(Written::Met(self.met));
        self.met += 1;
    }

    fn placeholder(&mut self, written: Written) {
        self.written.push(written);
        self.mark(self.written.len());
    }

    /// Written out: SQLite looks at a parameter here when it plans, so that each other run prepares the statement again,
    /// which takes longer than many a query. Limits are few, while offsets go through all pages.
    fn write_limit(&mut self, rows: u64) {
        // Writing to a String can't fail.
        let _ = write!(self.sql, "{}", rows.min(i64::MAX.unsigned_abs()));
    }

    /// The standard's form, in place of what sea-query has just begun. Its LIMIT comes before its OFFSET, which may not follow.
    fn offset_fetch(&mut self, rows: u64) {
        const NO_OFFSET: &str = " OFFSET 0 ROWS";
        if let Some(before) = self.sql.strip_suffix(" LIMIT ") {
            self.sql.truncate(before.len());
            self.sql.push_str(NO_OFFSET);
            self.sql.push_str(" FETCH NEXT ");
            self.write_limit(rows);
            self.sql.push_str(" ROWS ONLY");
        } else if let Some(before) = self.sql.strip_suffix(" OFFSET ") {
            // What the limit has written, if there is one.
            let limited = before.strip_suffix(" ROWS ONLY").and_then(|_| before.rfind(NO_OFFSET));
            let fetch = limited.map_or_else(String::new, |start| before[start + NO_OFFSET.len()..].to_owned());
            self.sql.truncate(limited.unwrap_or(before.len()));
            self.sql.push_str(" OFFSET ");
            self.placeholder(Written::Offset(rows));
            self.sql.push_str(" ROWS");
            self.sql.push_str(&fetch);
        }
    }

    fn mark(&mut self, number: usize) {
        let (mark, numbered) = self.placeholders.mark();
        self.sql.push_str(mark);
        if numbered {
            // Writing to a String can't fail.
            let _ = write!(self.sql, "{number}");
        }
    }
}

impl SqlWriter for Writer {
    fn push_param<B: QueryBuilder>(&mut self, value: sea_query::Value, _: &B) {
        match value {
            // The number of a parameter of ours.
            sea_query::Value::Int(Some(number)) => {
                if let Ok(met) = usize::try_from(number) {
                    self.met_before(met);
                }
            }
            // Sea-query's own: LIMIT and OFFSET.
            sea_query::Value::BigUnsigned(Some(rows)) => match self.limit {
                LimitForm::LimitOffset if self.sql.ends_with(" LIMIT ") => self.write_limit(rows),
                LimitForm::LimitOffset => self.placeholder(Written::Offset(rows)),
                LimitForm::OffsetFetch => self.offset_fetch(rows),
            },
            _ => {}
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match &mut self.quotes {
            None => self.sql.push_str(text),
            Some(quotes) => quotes.text(text, &mut self.sql),
        }
        Ok(())
    }

    fn write_char(&mut self, letter: char) -> fmt::Result {
        match &mut self.quotes {
            None => self.sql.push(letter),
            Some(quotes) => quotes.letter(letter, &mut self.sql),
        }
        Ok(())
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sql)
    }
}
