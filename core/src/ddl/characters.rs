//! MySQL's character sets and collations, which columns have from their table.

use super::type_words::has_characters;
use crate::definition::{ColumnDefinition, TableDefinition};

/// The columns that get another character set or collation because their table gets one: those that have none of their own.
pub(super) fn follows_characters(before: &TableDefinition, to: &TableDefinition) -> impl Fn(&ColumnDefinition) -> bool {
    let changes = characters(before) != characters(to);
    move |column| changes && column.collation.is_none() && has_characters(&column.type_name)
}

/// What a table's options say of characters.
fn characters(table: &TableDefinition) -> Vec<String> {
    let words = table.options.iter().flat_map(|options| options.split_whitespace()).map(str::to_ascii_uppercase);
    words.filter(|word| word.starts_with("CHARSET") || word.starts_with("COLLATE")).collect()
}
