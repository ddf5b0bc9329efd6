use super::found::Found;
use super::schema::Schema;
use super::texts::Texts;
use crate::Result;
use crate::catalog::brackets::{outside_quotes, without_brackets};
use crate::definition::{IndexDefinition, IndexPart};
use crate::engine::Connection;

/// Relation, name, method, whether it is unique, and valid, all of it, and of each part its column, or nothing, and its text.
type Index = (String, String, String, bool, bool, String, Texts, Texts);

/// Reads the indexes of tables and views, those of constraints apart. One that was never finished is among the others: nothing can rely on
/// it.
pub(super) async fn read(connection: &mut dyn Connection, schema: &Schema, found: &mut Found) -> Result<()> {
    let indexes: Vec<Index> = schema.rows(connection, include_str!("indexes.sql")).await?;
    for (relation, name, method, unique, is_valid, sql, Texts(columns), Texts(texts)) in indexes {
        let Some(of_relation) = found.indexes_of(&relation) else { continue };
        if !is_valid {
            found.add_other("invalid index", name, Some(relation), sql);
            continue;
        }
        let (written, rest) = split_parts(&sql);
        let parts = columns.into_iter().zip(&texts).zip(written).map(|((column, text), written)| {
            let behind = written.strip_prefix(text.as_str()).unwrap_or_default().trim();
            match (column.is_empty(), behind) {
                (false, "") => IndexPart::Column(column),
                (false, behind) => IndexPart::ColumnWith(column, behind.to_owned()),
                (true, "") => IndexPart::Expression(without_brackets(text).to_owned()),
                (true, behind) => IndexPart::ExpressionWith(without_brackets(text).to_owned(), behind.to_owned()),
            }
        });
        let mut index = IndexDefinition::new(name, parts);
        let (options, filter) = split_filter(rest);
        index.unique = unique;
        index.method = (method != "btree").then_some(method);
        index.options = Some(options.to_owned()).filter(|options| !options.is_empty());
        index.filter = filter.map(|filter| without_brackets(filter).to_owned());
        of_relation.push(index);
    }
    Ok(())
}

/// What stands in the first brackets of a `CREATE INDEX`, by its commas, and what stands behind them.
fn split_parts(sql: &str) -> (Vec<&str>, &str) {
    let (mut parts, mut start) = (Vec::new(), 0);
    for (place, letter, depth) in outside_quotes(sql) {
        match (letter, depth) {
            ('(', 1) => start = place + 1,
            (',' | ')', 1) => {
                parts.push(sql[start..place].trim());
                start = place + 1;
                if letter == ')' {
                    break;
                }
            }
            _ => {}
        }
    }
    (parts, sql[start..].trim())
}

/// What stands before WHERE and behind it.
fn split_filter(sql: &str) -> (&str, Option<&str>) {
    let is_filter = |(place, _, depth): &(usize, char, usize)| *depth == 0 && sql[*place..].starts_with("WHERE ");
    match outside_quotes(sql).find(is_filter) {
        Some((place, ..)) => (sql[..place].trim(), Some(&sql[place + "WHERE ".len()..])),
        None => (sql, None),
    }
}
