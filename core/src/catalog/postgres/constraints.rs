use super::found::Found;
use super::schema::Schema;
use super::texts::Texts;
use crate::Result;
use crate::catalog::brackets::without_brackets;
use crate::definition::{CheckDefinition, ForeignKeyDefinition, KeyDefinition, ReferentialAction, TableDefinition};
use crate::engine::Connection;

/// Table or domain, whether it is a domain's, name, kind, columns, referred table, referred columns, what happens on delete and on update,
/// the expression of a check, options, all of it.
type Row = (String, bool, String, String, Texts, Option<String>, Texts, String, String, Option<String>, Option<String>, Option<String>);

/// A constraint of a table.
struct Constraint {
    name: String,
    kind: String,
    columns: Vec<String>,
    referred_table: String,
    referred: Vec<String>,
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
    checked: String,
    options: Option<String>,
}

/// Reads the constraints of tables and domains. Those that bindery doesn't look into become others.
pub(super) async fn read(connection: &mut dyn Connection, schema: &Schema, found: &mut Found) -> Result<()> {
    let constraints: Vec<Row> = schema.rows(connection, include_str!("constraints.sql")).await?;
    for (owner, is_of_domain, name, kind, columns, referred_table, referred, on_delete, on_update, checked, options, sql) in constraints {
        let constraint = Constraint {
            name,
            kind,
            columns: columns.0,
            referred_table: referred_table.unwrap_or_default(),
            referred: referred.0,
            on_delete: action(&on_delete),
            on_update: action(&on_update),
            checked: checked.unwrap_or_default(),
            options,
        };
        if is_of_domain {
            if let Some(domain) = found.domains.get_mut(&owner) {
                domain.checks.push(constraint.into_check());
            }
        } else if let Some(table) = found.tables.get_mut(&owner) {
            match constraint.kind.as_str() {
                "x" => found.add_other("exclusion constraint", constraint.name, Some(owner), sql.unwrap_or_default()),
                "temporal" => found.add_other("temporal constraint", constraint.name, Some(owner), sql.unwrap_or_default()),
                _ => constraint.add_to(table),
            }
        }
    }
    Ok(())
}

impl Constraint {
    fn add_to(self, table: &mut TableDefinition) {
        match self.kind.as_str() {
            "p" => table.primary_key = Some(self.into_key()),
            "u" => table.uniques.push(self.into_key()),
            "f" => table.foreign_keys.push(self.into_foreign_key()),
            _ => table.checks.push(self.into_check()),
        }
    }

    fn into_key(self) -> KeyDefinition {
        let mut key = KeyDefinition::new(self.name, self.columns);
        key.options = self.options;
        key
    }

    fn into_foreign_key(self) -> ForeignKeyDefinition {
        ForeignKeyDefinition {
            name: self.name,
            columns: self.columns,
            table: self.referred_table,
            referred: self.referred,
            on_delete: self.on_delete,
            on_update: self.on_update,
            options: self.options,
        }
    }

    fn into_check(self) -> CheckDefinition {
        let mut check = CheckDefinition::new(self.name, without_brackets(&self.checked));
        check.options = self.options;
        check
    }
}

/// By the server's letter for it.
fn action(letter: &str) -> ReferentialAction {
    match letter {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
