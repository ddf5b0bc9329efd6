use std::collections::BTreeMap;

use super::reader::{Reader, unless_empty};
use super::sql_text::without_database;
use crate::Result;
use crate::definition::ViewDefinition;

/// The views of a database, by name.
pub(super) type Views = BTreeMap<String, ViewDefinition>;

impl Reader<'_> {
    /// The views, without their columns.
    pub(super) async fn views(&mut self) -> Result<Views> {
        // MySQL does not tell it there.
        let algorithm = if self.server.is_mariadb { "algorithm" } else { "'UNDEFINED'" };
        let sql = format!(
            "SELECT table_name, view_definition, check_option, security_type, {algorithm} \
             FROM information_schema.views WHERE table_schema = database()"
        );
        let mut views = Views::new();
        for (name, select, check, security, algorithm) in self.rows::<(String, Option<String>, String, String, String)>(&sql).await? {
            let mut select = without_database(&select.unwrap_or_default(), &self.database);
            if check != "NONE" && !select.is_empty() {
                select.push_str(&format!(" WITH {check} CHECK OPTION"));
            }
            let mut options = Vec::new();
            options.extend((algorithm != "UNDEFINED").then(|| format!("ALGORITHM={algorithm}")));
            options.extend((security != "DEFINER").then(|| format!("SQL SECURITY {security}")));
            let mut view = ViewDefinition::new(name.as_str(), select);
            view.options = unless_empty(options.join(" "));
            views.insert(name, view);
        }
        Ok(views)
    }
}
