use std::fmt::{Display, Formatter, Result};

use super::Change;
use crate::definition::{
    CheckDefinition, ColumnDefinition, DomainDefinition, ForeignKeyDefinition, Generation, IndexDefinition, IndexPart, KeyDefinition,
};

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Change::CreateTable(table) => write!(f, "table `{}` is created", table.name),
            Change::DropTable(table) => write!(f, "table `{}` is dropped", table.name),
            Change::RenameTable { from, to } => write!(f, "table `{from}` is renamed to `{to}`"),
            Change::AlterTableOptions { table, from, to } => write!(f, "table `{table}`: {}", becomes("options", from, to)),
            Change::AlterTableComment { table, to: Some(comment) } => write!(f, "table `{table}`: its comment becomes {comment:?}"),
            Change::AlterTableComment { table, to: None } => write!(f, "table `{table}`: its comment is dropped"),
            Change::AddColumn { table, column } => write!(f, "column `{table}.{}` ({}) is added", column.name, described(column)),
            Change::DropColumn { table, column } => write!(f, "column `{table}.{}` ({}) is dropped", column.name, described(column)),
            Change::RenameColumn { table, from, to } => write!(f, "column `{table}.{from}` is renamed to `{to}`"),
            Change::AlterColumn { table, from, to } => write!(f, "column `{table}.{}`: {}", to.name, column_differences(from, to)),
            Change::AddPrimaryKey { table, key } => write!(f, "primary key {} of `{table}` is added", key_text(key)),
            Change::DropPrimaryKey { table, key } => write!(f, "primary key {} of `{table}` is dropped", key_text(key)),
            Change::AddUnique { table, key } => write!(f, "unique constraint {} of `{table}` is added", key_text(key)),
            Change::DropUnique { table, key } => write!(f, "unique constraint {} of `{table}` is dropped", key_text(key)),
            Change::AddIndex { table, index } => write!(f, "{} of `{table}` is created", index_text(index)),
            Change::DropIndex { table, index } => write!(f, "{} of `{table}` is dropped", index_text(index)),
            Change::RenameIndex { table, from, to } => write!(f, "index `{from}` of `{table}` is renamed to `{to}`"),
            Change::AddForeignKey { table, key } => write!(f, "foreign key {} is added", foreign_key_text(table, key)),
            Change::DropForeignKey { table, key } => write!(f, "foreign key {} is dropped", foreign_key_text(table, key)),
            Change::AddCheck { table, check } => write!(f, "check {} of `{table}` is added", check_text(check)),
            Change::DropCheck { table, check } => write!(f, "check {} of `{table}` is dropped", check_text(check)),
            Change::RenameConstraint { table, from, to } => write!(f, "constraint `{from}` of `{table}` is renamed to `{to}`"),
            Change::CreateEnumeration(enumeration) => write!(f, "enumeration `{}` is created", enumeration.name),
            Change::DropEnumeration(enumeration) => write!(f, "enumeration `{}` is dropped", enumeration.name),
            Change::AddEnumerationValue { enumeration, value, after: Some(after) } => {
                write!(f, "enumeration `{enumeration}` gets the value `{value}` behind `{after}`")
            }
            Change::AddEnumerationValue { enumeration, value, after: None } => {
                write!(f, "enumeration `{enumeration}` gets the first value `{value}`")
            }
            Change::AlterEnumeration { from, to } => {
                write!(f, "enumeration `{}`: {} becomes {}", to.name, names(&from.labels), names(&to.labels))
            }
            Change::CreateDomain(domain) => write!(f, "domain `{}` ({}) is created", domain.name, domain.type_name),
            Change::DropDomain(domain) => write!(f, "domain `{}` ({}) is dropped", domain.name, domain.type_name),
            Change::AlterDomain { from, to } => write!(f, "domain `{}`: {}", to.name, domain_differences(from, to)),
        }
    }
}

fn described(column: &ColumnDefinition) -> String {
    let mut words = vec![column.type_name.clone()];
    if !column.nullable {
        words.push("NOT NULL".to_owned());
    }
    words.extend(column.default.as_ref().map(|sql| format!("default {sql}")));
    words.extend(column.generation.as_ref().map(generation_text));
    words.retain(|word| !word.is_empty());
    words.join(", ")
}

fn column_differences(from: &ColumnDefinition, to: &ColumnDefinition) -> String {
    let mut differences = Vec::new();
    if from.type_name != to.type_name {
        differences.push(format!("{} becomes {}", from.type_name, to.type_name));
    }
    if from.collation != to.collation {
        differences.push(becomes("collation", &from.collation, &to.collation));
    }
    if from.nullable != to.nullable {
        differences.push(nullability(to.nullable));
    }
    if from.default != to.default {
        differences.push(becomes("default", &from.default, &to.default));
    }
    if from.generation != to.generation {
        let text = |column: &ColumnDefinition| column.generation.as_ref().map(generation_text);
        differences.push(becomes("generation", &text(from), &text(to)));
    }
    if from.on_update != to.on_update {
        differences.push(becomes("ON UPDATE", &from.on_update, &to.on_update));
    }
    if from.options != to.options {
        differences.push(becomes("options", &from.options, &to.options));
    }
    if from.comment != to.comment {
        let quoted = |comment: &Option<String>| comment.as_ref().map(|comment| format!("{comment:?}"));
        differences.push(becomes("comment", &quoted(&from.comment), &quoted(&to.comment)));
    }
    differences.join(", ")
}

fn domain_differences(from: &DomainDefinition, to: &DomainDefinition) -> String {
    let mut differences = Vec::new();
    if from.nullable != to.nullable {
        differences.push(nullability(to.nullable));
    }
    if from.default != to.default {
        differences.push(becomes("default", &from.default, &to.default));
    }
    let gone = from.checks.iter().filter(|check| !to.checks.contains(check));
    differences.extend(gone.map(|check| format!("check {} is dropped", check_text(check))));
    let new = to.checks.iter().filter(|check| !from.checks.contains(check));
    differences.extend(new.map(|check| format!("check {} is added", check_text(check))));
    differences.join(", ")
}

fn nullability(nullable: bool) -> String {
    if nullable { "NULL is allowed" } else { "NULL is no longer allowed" }.to_owned()
}

fn becomes(what: &str, from: &Option<String>, to: &Option<String>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{what} {from} becomes {to}"),
        (None, Some(to)) => format!("{what} becomes {to}"),
        (Some(from), None) => format!("{what} {from} is dropped"),
        (None, None) => String::new(),
    }
}

fn generation_text(generation: &Generation) -> String {
    match generation {
        Generation::Identity => "identity".to_owned(),
        Generation::AlwaysIdentity => "identity always".to_owned(),
        Generation::Serial => "serial".to_owned(),
        Generation::Computed { sql, stored } => format!("computed as {sql}, {}", if *stored { "stored" } else { "not stored" }),
    }
}

fn key_text(key: &KeyDefinition) -> String {
    named(&key.name, key.columns_sql.clone().unwrap_or_else(|| names(&key.columns)))
}

fn check_text(check: &CheckDefinition) -> String {
    named(&check.name, check.sql.clone())
}

fn index_text(index: &IndexDefinition) -> String {
    let part = |part: &IndexPart| match part {
        IndexPart::Column(name) => format!("`{name}`"),
        IndexPart::ColumnWith(name, behind) => format!("`{name}` {behind}"),
        IndexPart::Expression(sql) => sql.clone(),
        IndexPart::ExpressionWith(sql, behind) => format!("{sql} {behind}"),
    };
    let parts: Vec<_> = index.parts.iter().map(part).collect();
    format!("{}index `{}` ({})", if index.unique { "unique " } else { "" }, index.name, parts.join(", "))
}

fn foreign_key_text(table: &str, key: &ForeignKeyDefinition) -> String {
    let columns =
        |table: &str, columns: &[String]| columns.iter().map(|column| format!("`{table}.{column}`")).collect::<Vec<_>>().join(", ");
    named(&key.name, format!("{} to {}", columns(table, &key.columns), columns(&key.table, &key.referred)))
}

/// What it is called and what it is; the latter alone where it has no name.
fn named(name: &str, text: String) -> String {
    if name.is_empty() { format!("({text})") } else { format!("`{name}` ({text})") }
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
