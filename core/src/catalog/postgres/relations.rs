use super::found::Found;
use super::schema::Schema;
use crate::Result;
use crate::definition::{TableDefinition, ViewDefinition};
use crate::engine::Connection;

/// Name, whether it is a view, and one whose rows are kept, its select, options, parent, bounds, comment.
type Relation = (String, bool, bool, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

/// Reads tables and views, as yet without anything in them.
pub(super) async fn read(connection: &mut dyn Connection, schema: &Schema, found: &mut Found) -> Result<()> {
    let relations: Vec<Relation> = schema.rows(connection, include_str!("relations.sql")).await?;
    for (name, is_view, materialized, sql, options, parent, bounds, comment) in relations {
        if is_view {
            let sql = sql.unwrap_or_default();
            let mut view = ViewDefinition::new(name.clone(), sql.trim().trim_end_matches(';'));
            (view.materialized, view.options, view.comment) = (materialized, options, comment);
            found.views.insert(name, view);
        } else {
            let mut table = TableDefinition::new(name.clone());
            (table.options, table.partition_of, table.comment) = (options, parent.zip(bounds), comment);
            found.tables.insert(name, table);
        }
    }
    Ok(())
}
