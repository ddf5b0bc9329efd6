use super::reader::{Reader, unless_empty};
use super::sql_text::without_brackets;
use super::tables::Tables;
use super::types::sql_type;
use super::views::Views;
use crate::Result;
use crate::definition::{ColumnDefinition, Generation};

/// A row of `information_schema.columns`, of a table or a view.
struct Column {
    table: String,
    name: String,
    type_name: String,
    collation: Option<String>,
    nullable: bool,
    default: Option<String>,
    extra: String,
    expression: String,
    comment: String,
    /// the number of the reference system of a geometry, on MySQL 8
    reference_system: Option<u64>,
}

type Row = (String, String, String, Option<String>, String, Option<String>, Option<String>, Option<String>, Option<String>, Option<u64>);

impl From<Row> for Column {
    fn from((table, name, type_name, collation, nullable, default, extra, expression, comment, reference_system): Row) -> Self {
        Column {
            table,
            name,
            type_name,
            collation,
            nullable: nullable == "YES",
            default,
            extra: extra.unwrap_or_default(),
            expression: expression.unwrap_or_default(),
            comment: comment.unwrap_or_default(),
            reference_system,
        }
    }
}

impl Reader<'_> {
    /// Gives each table and each view its columns.
    pub(super) async fn columns(&mut self, tables: &mut Tables, views: &mut Views) -> Result<()> {
        let reference_system = if self.server.is_mysql_since((8, 0, 3)) { "srs_id" } else { "CAST(NULL AS UNSIGNED)" };
        let sql = format!(
            "SELECT table_name, column_name, column_type, collation_name, is_nullable, column_default, extra, generation_expression, \
            column_comment, \
             {reference_system} FROM information_schema.columns WHERE table_schema = database() ORDER BY table_name, ordinal_position"
        );
        for column in self.rows::<Row>(&sql).await?.into_iter().map(Column::from) {
            let mut definition = ColumnDefinition::new(column.name.as_str(), column.type_name.as_str());
            definition.sql_type = sql_type(&column.type_name, column.collation.as_deref());
            definition.nullable = column.nullable;
            if let Some(table) = tables.get_mut(&column.table) {
                definition.collation = column.collation.clone().filter(|collation| Some(collation) != table.collation.as_ref());
                self.complete(&mut definition, column);
                table.definition.columns.push(definition);
            } else if let Some(view) = views.get_mut(&column.table) {
                view.columns.push(definition);
            }
        }
        Ok(())
    }

    /// What only a table's column has.
    fn complete(&self, definition: &mut ColumnDefinition, column: Column) {
        let Column { type_name, default, extra, expression, comment, reference_system, .. } = column;
        definition.generation = if extra.contains("auto_increment") {
            Some(Generation::Identity)
        } else if expression.is_empty() {
            None
        } else {
            let sql = without_brackets(&self.expression(&expression)).to_owned();
            Some(Generation::Computed { sql, stored: extra.contains("STORED") })
        };
        definition.default = default.and_then(|default| self.default_value(default, &type_name, &extra));
        definition.on_update = Self::on_update(&extra);
        let mut options: Vec<_> = ["INVISIBLE", "WITHOUT SYSTEM VERSIONING"].into_iter().filter(|option| extra.contains(option)).collect();
        let reference_system = reference_system.map(|number| format!("SRID {number}"));
        options.extend(reference_system.as_deref());
        definition.options = unless_empty(options.join(" "));
        definition.comment = unless_empty(comment);
    }
}
