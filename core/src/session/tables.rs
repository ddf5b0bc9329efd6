//! Which table is on which bind, and what can't be there together.

use std::borrow::Cow;
use std::collections::HashMap;

use super::databases::Bound;
use crate::BindKey;
use crate::engine::{Engine, Family};
use crate::schema::{ForeignKey, Metadata, Table};
use crate::value::Enumeration;

/// Gives each table to its bind; what doesn't fit is told.
pub(super) fn add_tables<E: Engine + ?Sized>(bounds: &mut [Bound<E>], tables: impl Iterator<Item = &'static Table>) -> Vec<String> {
    let known = bounds.iter().map(|bound| format!("`{}`", bound.key)).collect::<Vec<_>>().join(", ");
    let places: HashMap<BindKey, usize> = bounds.iter().enumerate().map(|(place, bound)| (bound.key, place)).collect();
    let mut problems = Vec::new();
    for table in tables {
        let (name, bind) = (table.name(), table.bind());
        match places.get(&bind) {
            None => problems.push(format!("table `{name}` is on bind `{bind}`, which is not configured: the configured binds are {known}")),
            Some(&place) => {
                if bounds[place].metadata.add(table).is_some() {
                    problems.push(format!("bind `{bind}` has two tables named `{name}`: give one another name or another bind"));
                }
            }
        }
    }
    for bound in bounds.iter() {
        check_indexes(&bound.metadata, bound.engine.dialect().family(), &mut problems);
        check_enumerations(&bound.metadata, &mut problems);
    }
    for table in bounds.iter().flat_map(|bound| bound.metadata.tables()) {
        for key in table.foreign_keys() {
            let metadata = places.get(&key.bind).map(|place| &bounds[*place].metadata);
            problems.extend(problem_of_key(table, key, metadata));
        }
    }
    problems
}

/// On SQLite and PostgreSQL the names of indexes are the whole database's, on MySQL their table's.
fn check_indexes(metadata: &Metadata, family: Family, problems: &mut Vec<String>) {
    let mut indexes: HashMap<&str, &str> = HashMap::new();
    for table in metadata.tables() {
        if family == Family::MySql {
            indexes.clear();
        }
        for index in table.indexes() {
            if let Some(other) = indexes.insert(&index.name, table.name()) {
                let (table, bind, name) = (table.name(), metadata.bind(), &index.name);
                let who = if other == table {
                    format!("table `{table}` on bind `{bind}` has two indexes `{name}`")
                } else {
                    format!("tables `{other}` and `{table}` on bind `{bind}` have an index `{name}` each")
                };
                problems.push(format!("{who}: give one of them a name, by `index(columns(..), name = \"..\")`"));
            }
        }
    }
}

/// They are one type of the database.
fn check_enumerations(metadata: &Metadata, problems: &mut Vec<String>) {
    let mut enumerations: HashMap<&str, (Enumeration, &str)> = HashMap::new();
    for table in metadata.tables() {
        for enumeration in table.columns().iter().filter_map(|column| column.get_enumeration()) {
            let (before, other) = *enumerations.entry(enumeration.name).or_insert((enumeration, table.name()));
            if before.labels != enumeration.labels {
                problems.push(format!(
                    "tables `{other}` and `{}` on bind `{}` have an enumeration `{}` of other values each, {} and {}: give one another name, by `#[scalar(enumeration = \"..\")]`",
                    table.name(),
                    metadata.bind(),
                    enumeration.name,
                    before.labels.join(", "),
                    enumeration.labels.join(", ")
                ));
            }
        }
    }
}

/// What is wrong with a foreign key; `metadata` are the tables of its bind.
fn problem_of_key(table: &Table, key: &ForeignKey, metadata: Option<&Metadata>) -> Option<String> {
    let (from, to, bind) = (named(table.name(), &key.columns), named(&key.table, &key.referred), table.bind());
    if key.bind != bind {
        return Some(format!(
            "{from} on bind `{bind}` refers to {to} on bind `{}`: a foreign key can't span two databases; keep the value without `references`",
            key.bind
        ));
    }
    let lacks = |table: &Table, columns: &[Cow<'static, str>]| columns.iter().any(|column| table.find_column(column).is_none());
    if key.columns.len() != key.referred.len() {
        Some(format!("{from} on bind `{bind}` refers to {to}: a foreign key refers to as many columns as it has"))
    } else if lacks(table, &key.columns) {
        Some(format!("{from} on bind `{bind}` refers to {to}, and its own table has no such column"))
    } else if metadata.and_then(|metadata| metadata.table(&key.table)).is_some_and(|referred| lacks(referred, &key.referred)) {
        Some(format!("{from} on bind `{bind}` refers to {to}, and that table has no such column"))
    } else {
        None
    }
}

/// `users.id`, `orders.(shop, number)`
fn named(table: &str, columns: &[Cow<'static, str>]) -> String {
    match columns {
        [column] => format!("`{table}.{column}`"),
        several => format!("`{table}.({})`", several.join(", ")),
    }
}
