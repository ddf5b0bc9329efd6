//! What is read from the texts of indexes and views, and from those of defaults.

use super::reader::{self, Reader};
use super::token::{Kind, Token};

/// What the text of a CREATE INDEX says and no pragma does.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct IndexText {
    /// each part, without its order
    pub(super) parts: Vec<String>,
    pub(super) filter: Option<String>,
}

impl IndexText {
    /// Reads a text; nothing is known of one that is no CREATE INDEX.
    pub(super) fn read(sql: &str) -> Self {
        let Some(tokens) = Token::all(sql) else { return IndexText::default() };
        let mut reader = Reader::new(&tokens);
        reader.take(&["CREATE"]);
        reader.take(&["UNIQUE"]);
        reader.take(&["INDEX"]);
        reader.take(&["IF", "NOT", "EXISTS"]);
        reader.object();
        reader.take(&["ON"]);
        reader.name();
        let parts = reader.group().map(reader::parts).unwrap_or_default();
        let filter = reader.take(&["WHERE"]).then(|| reader::expression(reader.rest()));
        IndexText { parts: parts.into_iter().map(without_order).collect(), filter }
    }
}

fn without_order(part: &[Token<'_>]) -> String {
    match part {
        [part @ .., order] if order.is("ASC") || order.is("DESC") => reader::expression(part),
        part => reader::expression(part),
    }
}

/// The select of a view: what stands behind AS.
pub(super) fn select_of(sql: &str) -> Option<&str> {
    let tokens = Token::all(sql)?;
    let mut reader = Reader::new(&tokens);
    reader.take(&["CREATE"]);
    reader.take_any(&["TEMP", "TEMPORARY"]);
    reader.take(&["VIEW"]);
    reader.take(&["IF", "NOT", "EXISTS"]);
    reader.object();
    reader.group();
    if !reader.take(&["AS"]) {
        return None;
    }
    let (first, last) = (reader.rest().first()?, reader.rest().last()?);
    sql.get(first.start..last.start + last.text.len())
}

/// A default in its one form, from what `table_xinfo` shows of it; `None` for NULL, which is the default anyway.
pub(super) fn default_of(written: &str) -> Option<String> {
    let Some(tokens) = Token::all(written) else { return Some(written.to_owned()) };
    Some(match reader::bare(&tokens) {
        [] => return None,
        [token] if token.is("NULL") => return None,
        // A name that stands alone is a text: nothing else could be meant.
        [token] if token.kind == Kind::Name || token.kind == Kind::Word && !is_value(token) => text(&token.name()?),
        [sign, number] if sign.kind == Kind::Mark && number.kind == Kind::Number => format!("{}{}", sign.text, number.text),
        tokens => Token::join(tokens),
    })
}

/// Whether the word stands for a value, and not for itself.
fn is_value(word: &Token<'_>) -> bool {
    ["TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].iter().any(|value| word.is(value))
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
