use super::found::Found;
use super::schema::Schema;
use crate::Result;
use crate::engine::Connection;

/// Kind, name, table, SQL.
type Other = (String, String, Option<String>, String);

/// Reads triggers, functions and whatever else there is.
pub(super) async fn read(connection: &mut dyn Connection, schema: &Schema, found: &mut Found) -> Result<()> {
    let others: Vec<Other> = schema.rows(connection, include_str!("others.sql")).await?;
    for (kind, name, table, sql) in others {
        found.add_other(&kind, name, table, sql.trim().trim_end_matches(';').to_owned());
    }
    Ok(())
}
