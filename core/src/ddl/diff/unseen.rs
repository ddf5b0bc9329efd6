use crate::ddl::words::unquoted;
use crate::definition::{DatabaseDefinition, DomainDefinition, OtherDefinition, TableDefinition, ViewDefinition};
use crate::engine::Family;

/// Whether what stands behind a table's columns can't be changed here: how it is divided into partitions, and PostgreSQL's parameters.
pub(super) fn has_unseen_options(family: Family, before: &TableDefinition, to: &TableDefinition) -> bool {
    let is_partitioned = |table: &TableDefinition| table.options.as_ref().is_some_and(|options| options.contains("PARTITION BY"));
    family == Family::Postgres || is_partitioned(before) || is_partitioned(to)
}

/// What differs, and is left to people.
pub(super) fn unseen(family: Family, before: &DatabaseDefinition, to: &DatabaseDefinition) -> Vec<String> {
    let mut texts = Vec::new();
    for table in &to.tables {
        let Some(old) = before.table(&table.name) else { continue };
        if old.partition_of != table.partition_of {
            texts.push(format!("table `{}`: {} becomes {}", table.name, partition(old), partition(table)));
        }
        if old.options != table.options && has_unseen_options(family, old, table) {
            let text = |table: &TableDefinition| table.options.clone().unwrap_or_else(|| "nothing".to_owned());
            texts.push(format!("table `{}`: behind its columns, {} becomes {}", table.name, text(old), text(table)));
        }
    }
    for domain in &to.domains {
        let text = |domain: &DomainDefinition| {
            let collation = domain.collation.as_ref().map(|collation| format!(" COLLATE {collation}"));
            format!("{}{}", domain.type_name, collation.unwrap_or_default())
        };
        if let Some(old) = before.domains.iter().find(|old| old.name == domain.name && text(old) != text(domain)) {
            texts.push(format!("domain `{}`: {} becomes {}", domain.name, text(old), text(domain)));
        }
    }
    let views = |database: &DatabaseDefinition| -> Described {
        // The columns follow from the rest.
        let text = |view: &ViewDefinition| format!("{} {:?} {:?} {}", view.materialized, view.options, view.indexes, unquoted(&view.sql));
        database.views.iter().map(|view| (format!("view `{}`", view.name), text(view))).collect()
    };
    compare(&views(before), &views(to), &mut texts);
    let others = |database: &DatabaseDefinition| -> Described {
        database.others.iter().map(|other| (described(other), unquoted(&other.sql))).collect()
    };
    compare(&others(before), &others(to), &mut texts);
    texts
}

/// What it is and its SQL; of some there are several.
type Described = Vec<(String, String)>;

fn compare(before: &Described, to: &Described, texts: &mut Vec<String>) {
    let old: Vec<_> = before.iter().filter(|one| !to.contains(one)).map(|(what, _)| what).collect();
    let new: Vec<_> = to.iter().filter(|one| !before.contains(one)).map(|(what, _)| what).collect();
    for what in &new {
        texts.push(if old.contains(what) {
            format!("{what} differs, and is not changed")
        } else {
            format!("{what} is new, and not created")
        });
    }
    texts.extend(old.iter().filter(|what| !new.contains(what)).map(|what| format!("{what} is no longer there, and not dropped")));
}

fn partition(table: &TableDefinition) -> String {
    match &table.partition_of {
        Some((parent, bounds)) => format!("partition of `{parent}` {bounds}"),
        None => "no partition".to_owned(),
    }
}

fn described(other: &OtherDefinition) -> String {
    match &other.table {
        Some(table) => format!("{} `{}` of `{table}`", other.kind, other.name),
        None => format!("{} `{}`", other.kind, other.name),
    }
}
