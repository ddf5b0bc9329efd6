use super::Change;
use super::type_words::is_widening;
use crate::definition::ColumnDefinition;

impl Change {
    /// What may be lost by it: rows, columns, values. `None` where nothing is.
    ///
    /// A type that becomes another one loses nothing where it is known that each of its values is one of the other.
    pub fn loss(&self) -> Option<String> {
        match self {
            Change::DropTable(table) => Some(format!("the rows of `{}` are lost", table.name)),
            Change::DropColumn { table, column } if !column.is_computed() => {
                Some(format!("the values of `{table}.{}` are lost", column.name))
            }
            Change::AlterColumn { table, from, to } => column_loss(table, from, to),
            Change::DropEnumeration(enumeration) => Some(format!("the values of `{}` are no longer known", enumeration.name)),
            Change::AlterEnumeration { from, to } => {
                let gone: Vec<_> =
                    from.labels.iter().filter(|label| !to.labels.contains(label)).map(|label| format!("`{label}`")).collect();
                (!gone.is_empty()).then(|| format!("`{}` is without {}, which rows may have", from.name, gone.join(", ")))
            }
            _ => None,
        }
    }
}

fn column_loss(table: &str, from: &ColumnDefinition, to: &ColumnDefinition) -> Option<String> {
    let name = &to.name;
    if from.is_computed() {
        return None; // its values are those of others
    }
    if to.is_computed() {
        return Some(format!("computed values replace those of `{table}.{name}`"));
    }
    if !is_widening(&from.type_name, &to.type_name) {
        return Some(format!("values of `{table}.{name}` that are {} may not be {}", from.type_name, to.type_name));
    }
    match (&from.collation, &to.collation) {
        (Some(from), Some(to)) if loses_characters(from, to) => {
            Some(format!("characters of `{table}.{name}` may be missing in the character set of {to}"))
        }
        _ => None,
    }
}

/// MySQL's collations are named for their character sets, of which those of Unicode have all characters.
fn loses_characters(from: &str, to: &str) -> bool {
    let set = |collation: &str| collation.split('_').next().unwrap_or_default().to_owned();
    let (from, to) = (set(from), set(to));
    from != to && from.starts_with("utf8") && !to.starts_with("utf8mb4")
}
