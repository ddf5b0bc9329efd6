use super::reader::{Reader, quote};
use super::sql_text::without_brackets;
use super::tables::{Table, Tables};
use crate::Result;
use crate::definition::{CheckDefinition, ColumnDefinition};
use crate::value::SqlType;

const OF_MARIADB: &str = "SELECT table_name, constraint_name, level = 'Column', check_clause, NULL \
                          FROM information_schema.check_constraints WHERE constraint_schema = database()";
const OF_MYSQL: &str = "SELECT t.table_name, c.constraint_name, 0, c.check_clause, IF(t.enforced = 'NO', 'NOT ENFORCED', NULL) \
                        FROM information_schema.check_constraints c JOIN information_schema.table_constraints t \
                        ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name \
                        WHERE c.constraint_schema = database() AND t.constraint_type = 'CHECK'";

/// What a column of MariaDB's `json` is.
const JSON_TYPE: &str = "longtext";
const JSON_COLLATION: &str = "utf8mb4_bin";

impl Reader<'_> {
    /// Gives each table its checks, and MariaDB's columns of JSON their type.
    pub(super) async fn checks(&mut self, tables: &mut Tables) -> Result<()> {
        let sql = if self.server.is_mysql_since((8, 0, 16)) {
            OF_MYSQL
        } else if self.server.is_mariadb_since((10, 5, 10)) {
            OF_MARIADB
        } else {
            return Ok(());
        };
        for (table, name, is_of_column, clause, options) in self.rows::<(String, String, bool, String, Option<String>)>(sql).await? {
            let Some(table) = tables.get_mut(&table) else { continue };
            if is_of_column && let Some(column) = json_column(table, &name, &clause) {
                "json".clone_into(&mut column.type_name);
                column.sql_type = Some(SqlType::Json);
                column.collation = None;
                continue;
            }
            let expression = self.expression(&clause);
            let mut check = CheckDefinition::new("", without_brackets(&expression));
            // One behind a column is named for it, and goes by no name.
            if is_of_column {
                check.column = Some(name);
            } else {
                check.name = name;
            }
            check.options = options;
            table.definition.checks.push(check);
        }
        Ok(())
    }
}

/// The column of JSON that this check is a part of.
fn json_column<'a>(table: &'a mut Table, name: &str, clause: &str) -> Option<&'a mut ColumnDefinition> {
    let Table { definition, collation, .. } = table;
    let column = definition.columns.iter_mut().find(|column| column.name == name)?;
    let is_json = column.type_name == JSON_TYPE
        && column.collation.as_ref().or(collation.as_ref()).is_some_and(|collation| collation == JSON_COLLATION)
        && clause == format!("json_valid({})", quote(name));
    is_json.then_some(column)
}
