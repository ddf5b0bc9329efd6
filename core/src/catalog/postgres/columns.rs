use super::found::Found;
use super::schema::Schema;
use crate::Result;
use crate::definition::{ColumnDefinition, Generation};
use crate::engine::Connection;
use crate::value::SqlType;

/// Relation, name, type, the server's own type that it is or is a domain over, collation, whether NULL is allowed, default, how it is an
/// identity and generated, whether it is serial, comment.
type Column = (String, String, String, Option<String>, Option<String>, bool, Option<String>, String, String, bool, Option<String>);

/// Reads the columns of tables and views.
pub(super) async fn read(connection: &mut dyn Connection, schema: &Schema, found: &mut Found) -> Result<()> {
    let columns: Vec<Column> = schema.rows(connection, include_str!("columns.sql")).await?;
    for (relation, name, type_name, built_in, collation, nullable, sql, identity, generated, is_serial, comment) in columns {
        let mut column = ColumnDefinition::new(name, type_name);
        column.sql_type = built_in.as_deref().and_then(sql_type);
        (column.collation, column.nullable, column.comment) = (collation, nullable, comment);
        (column.generation, column.default) = match (identity.as_str(), generated.as_str(), sql) {
            ("a", ..) => (Some(Generation::AlwaysIdentity), None),
            ("d", ..) => (Some(Generation::Identity), None),
            (_, "", _) if is_serial => (Some(Generation::Serial), None),
            (_, "", default) => (None, default),
            (_, kind, sql) => (Some(Generation::Computed { sql: sql.unwrap_or_default(), stored: kind == "s" }), None),
        };
        if let Some(table) = found.tables.get_mut(&relation) {
            table.columns.push(column);
        } else if let Some(view) = found.views.get_mut(&relation) {
            view.columns.push(column);
        }
    }
    Ok(())
}

/// The type of a column, by the name that the server's own type has in `pg_type`, where that of an array is its element's behind `_`.
fn sql_type(name: &str) -> Option<SqlType> {
    match name.strip_prefix('_') {
        Some(element) => plain_type(element).map(SqlType::Array),
        None => plain_type(name).copied(),
    }
}

fn plain_type(name: &str) -> Option<&'static SqlType> {
    Some(match name {
        "bool" => &SqlType::Bool,
        "int2" => &SqlType::I16,
        "int4" => &SqlType::I32,
        "int8" => &SqlType::I64,
        "float4" => &SqlType::F32,
        "float8" => &SqlType::F64,
        "text" | "varchar" | "bpchar" => &SqlType::Text,
        "bytea" => &SqlType::Bytes,
        "numeric" => &SqlType::Decimal,
        "date" => &SqlType::Date,
        "time" => &SqlType::Time,
        "timestamp" => &SqlType::DateTime,
        "timestamptz" => &SqlType::Timestamp,
        "uuid" => &SqlType::Uuid,
        "json" | "jsonb" => &SqlType::Json,
        _ => return None,
    })
}
