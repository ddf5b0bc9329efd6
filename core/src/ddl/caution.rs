use super::Change;
use super::change::table_now;
use super::type_words::is_widening;
use crate::definition::{ColumnDefinition, ForeignKeyDefinition};
use crate::engine::Family;

/// What people should know of these changes: where rows that are there may refuse them, or become others.
pub(super) fn cautions(family: Family, changes: &[Change]) -> Vec<String> {
    let created = |name: &str| changes.iter().any(|change| matches!(change, Change::CreateTable(table) if table.name == name));
    let of_old = changes.iter().filter(|change| change.table().is_some_and(|table| !created(table)));
    of_old.filter(|change| !is_kept(change, changes)).filter_map(|change| caution(family, change)).collect()
}

/// Whether rows kept to it before, or can't but keep to it.
fn is_kept(change: &Change, changes: &[Change]) -> bool {
    let Some(table) = change.table() else { return true };
    let of_table = || changes.iter().filter(|other| other.table().is_some_and(|other| table_now(other, changes) == table));
    let added = |name: &str| {
        of_table().find_map(|other| match other {
            Change::AddColumn { column, .. } if column.name == name => Some(&**column),
            _ => None,
        })
    };
    match change {
        Change::AddUnique { key, .. } | Change::AddPrimaryKey { key, .. } => {
            let is_numbered = key.columns.iter().any(|name| added(name).is_some_and(ColumnDefinition::is_identity));
            is_numbered || of_table().any(|other| is_key_of(other, &key.columns, matches!(change, Change::AddPrimaryKey { .. })))
        }
        Change::AddForeignKey { key, .. } => {
            let is_empty = key.columns.iter().any(|name| added(name).is_some_and(|column| column.nullable && column.default.is_none()));
            is_empty || of_table().any(|other| matches!(other, Change::DropForeignKey { key: old, .. } if is_alike(old, key)))
        }
        Change::AddIndex { index, .. } => of_table().any(|other| matches!(other, Change::DropIndex { index: old, .. } if old == index)),
        Change::AddCheck { check, .. } => of_table().any(|other| matches!(other, Change::DropCheck { check: old, .. } if old == check)),
        _ => false,
    }
}

fn is_key_of(change: &Change, columns: &[String], primary: bool) -> bool {
    match change {
        Change::DropPrimaryKey { key, .. } => key.columns == columns,
        Change::DropUnique { key, .. } => !primary && key.columns == columns,
        _ => false,
    }
}

fn is_alike(old: &ForeignKeyDefinition, new: &ForeignKeyDefinition) -> bool {
    (&old.columns, &old.table, &old.referred) == (&new.columns, &new.table, &new.referred)
}

fn caution(family: Family, change: &Change) -> Option<String> {
    match change {
        Change::AddColumn { table, column } if lacks_values(column) => Some(match family {
            Family::Postgres | Family::Sqlite => {
                format!("fails where `{table}` has rows, for `{}` is NOT NULL and has no default", column.name)
            }
            Family::MySql => {
                format!(
                    "rows of `{table}` get the empty value of {} in `{}`, which is NOT NULL and has no default",
                    column.type_name, column.name
                )
            }
        }),
        Change::AlterColumn { table, from, to } => column_caution(family, table, from, to),
        Change::AddPrimaryKey { table, key } => {
            Some(format!("fails where rows of `{table}` are alike in {}, or have NULL there", listed(&key.columns)))
        }
        Change::AddUnique { table, key } => Some(format!("fails where rows of `{table}` are alike in {}", listed(&key.columns))),
        Change::AddIndex { table, index } if index.unique => {
            Some(format!("fails where rows of `{table}` are alike in index `{}`", index.name))
        }
        Change::AddForeignKey { table, key } => {
            Some(format!("fails where {} of a row of `{table}` is of no row of `{}`", listed(&key.columns), key.table))
        }
        Change::AddCheck { table, check } => Some(format!("fails where a row of `{table}` breaks the check {}", check.sql)),
        _ => None,
    }
}

fn column_caution(family: Family, table: &str, from: &ColumnDefinition, to: &ColumnDefinition) -> Option<String> {
    let name = &to.name;
    let mut cautions = Vec::new();
    if !is_widening(&from.type_name, &to.type_name) {
        cautions.push(match family {
            Family::Postgres | Family::MySql => format!("fails where a value of `{table}.{name}` is no {}", to.type_name),
            Family::Sqlite => format!("values of `{table}.{name}` that are no {} stay as they are, for SQLite lets them", to.type_name),
        });
    }
    if from.nullable && !to.nullable {
        cautions.push(match &to.default {
            Some(default) => format!("NULL in `{table}.{name}` becomes its default {default}"),
            None => format!("fails where `{table}.{name}` is NULL"),
        });
    }
    (!cautions.is_empty()).then(|| cautions.join("; "))
}

/// Whether rows that are there have nothing to put into it.
fn lacks_values(column: &ColumnDefinition) -> bool {
    !column.nullable && column.default.is_none() && !column.is_identity() && !column.is_computed()
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
