use std::collections::HashMap;

use super::reader::{Reader, grouped, is_here};
use super::tables::Tables;
use crate::Result;
use crate::definition::{ForeignKeyDefinition, ReferentialAction};

const RULES: &str = "SELECT table_name, constraint_name, delete_rule, update_rule FROM information_schema.referential_constraints \
                     WHERE constraint_schema = database()";

impl Reader<'_> {
    /// Gives each table its foreign keys.
    pub(super) async fn foreign_keys(&mut self, tables: &mut Tables) -> Result<()> {
        let rules = self.rows::<(String, String, String, String)>(RULES).await?;
        let rules: HashMap<_, _> =
            rules.into_iter().map(|(table, key, on_delete, on_update)| ((table, key), (action(&on_delete), action(&on_update)))).collect();
        let sql = format!(
            "SELECT table_name, constraint_name, column_name, IF({}, NULL, referenced_table_schema), referenced_table_name, \
            referenced_column_name \
             FROM information_schema.key_column_usage WHERE table_schema = database() AND referenced_table_name IS NOT NULL \
             ORDER BY table_name, constraint_name, ordinal_position",
            is_here("referenced_table_schema")
        );
        let parts = self.rows::<(String, String, String, Option<String>, String, String)>(&sql).await?;
        let parts = parts.into_iter().map(|(table, key, column, database, referred, to)| ((table, key), (column, database, referred, to)));
        for (id, parts) in grouped(parts) {
            let (Some(table), Some((_, database, referred, _))) = (tables.get_mut(&id.0), parts.first()) else { continue };
            let referred = database.as_ref().map_or_else(|| referred.clone(), |database| format!("{database}.{referred}"));
            let (columns, referred_columns): (Vec<_>, Vec<_>) = parts.into_iter().map(|(column, _, _, to)| (column, to)).unzip();
            let (on_delete, on_update) = rules.get(&id).copied().unwrap_or_default();
            let mut key = ForeignKeyDefinition::new(id.1, columns, referred, referred_columns);
            (key.on_delete, key.on_update) = (on_delete, on_update);
            table.definition.foreign_keys.push(key);
        }
        Ok(())
    }
}

/// RESTRICT is the same as NO ACTION here; which of the two is told where neither was written depends on the server.
fn action(rule: &str) -> ReferentialAction {
    match ReferentialAction::from_sql(rule) {
        None | Some(ReferentialAction::Restrict) => ReferentialAction::NoAction,
        Some(action) => action,
    }
}
