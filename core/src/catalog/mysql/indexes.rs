use super::reader::{Reader, grouped, unless_empty};
use super::sql_text::{literal, without_brackets};
use super::tables::Tables;
use crate::Result;
use crate::definition::{IndexDefinition, IndexPart, KeyDefinition};

/// The name of every primary key.
const PRIMARY: &str = "PRIMARY";

/// A row of `information_schema.statistics`: one part of an index.
struct Part {
    is_unique: bool,
    column: Option<String>,
    is_descending: bool,
    prefix: Option<i64>,
    index_type: String,
    comment: String,
    expression: Option<String>,
    is_hidden: bool,
}

type Row = (String, String, i64, Option<String>, Option<String>, Option<i64>, String, Option<String>, Option<String>, i64);

impl Reader<'_> {
    /// Gives each table its primary key, its unique constraints and its indexes.
    pub(super) async fn indexes(&mut self, tables: &mut Tables) -> Result<()> {
        let server = self.server;
        let expression = if server.is_mysql_since((8, 0, 13)) { "expression" } else { "CAST(NULL AS CHAR)" };
        let (hidden, hiding) = if server.is_mysql_since((8, 0, 0)) {
            ("is_visible = 'NO'", "INVISIBLE")
        } else if server.is_mariadb_since((10, 6, 0)) {
            ("ignored = 'YES'", "IGNORED")
        } else {
            ("0", "")
        };
        let sql = format!(
            "SELECT table_name, index_name, non_unique, column_name, collation, sub_part, index_type, index_comment, {expression}, \
            {hidden} \
             FROM information_schema.statistics WHERE table_schema = database() ORDER BY table_name, index_name, seq_in_index"
        );
        let parts = self.rows::<Row>(&sql).await?.into_iter().map(
            |(table, index, non_unique, column, order, prefix, index_type, comment, expression, is_hidden)| {
                let part = Part {
                    is_unique: non_unique == 0,
                    column,
                    is_descending: order.as_deref() == Some("D"),
                    // Of a geometry's box it says nothing.
                    prefix: prefix.filter(|_| index_type != "SPATIAL"),
                    index_type,
                    comment: comment.unwrap_or_default(),
                    expression: expression.map(|expression| self.expression(&expression)),
                    is_hidden: is_hidden != 0,
                };
                ((table, index), part)
            },
        );
        for ((table, name), parts) in grouped(parts) {
            let (Some(table), Some(first)) = (tables.get_mut(&table), parts.first()) else { continue };
            // It is told where the engine might take another: memory's usual one is HASH.
            let is_usual = first.index_type == "BTREE" && table.engine.as_deref() != Some("MEMORY");
            let method = (!is_usual).then(|| first.index_type.clone());
            let mut options = Vec::new();
            options.extend((!first.comment.is_empty()).then(|| format!("COMMENT {}", literal(&first.comment))));
            options.extend(first.is_hidden.then(|| hiding.to_owned()));
            if name == PRIMARY || first.is_unique && parts.iter().all(Part::is_plain) {
                options.extend(method.map(|method| format!("USING {method}")));
                let columns = parts.into_iter().filter_map(|part| part.column);
                let mut key = KeyDefinition::new(if name == PRIMARY { "" } else { name.as_str() }, columns);
                key.options = unless_empty(options.join(" "));
                if name == PRIMARY {
                    table.definition.primary_key = Some(key);
                } else {
                    table.definition.uniques.push(key);
                }
            } else {
                let mut index = IndexDefinition::new(name, []);
                index.unique = first.is_unique;
                index.method = method;
                index.options = unless_empty(options.join(" "));
                index.parts = parts.into_iter().map(IndexPart::from).collect();
                table.definition.indexes.push(index);
            }
        }
        Ok(())
    }
}

impl Part {
    /// Whether it is a whole column, in its usual order.
    fn is_plain(&self) -> bool {
        self.column.is_some() && self.prefix.is_none() && !self.is_descending
    }
}

impl From<Part> for IndexPart {
    fn from(part: Part) -> Self {
        let mut words = Vec::new();
        words.extend(part.prefix.map(|letters| format!("({letters})")));
        words.extend(part.is_descending.then(|| "DESC".to_owned()));
        match part.column {
            Some(column) if words.is_empty() => IndexPart::Column(column),
            Some(column) => IndexPart::ColumnWith(column, words.join(" ")),
            None => {
                let expression = part.expression.unwrap_or_default();
                words.insert(0, without_brackets(&expression).to_owned());
                IndexPart::Expression(words.join(" "))
            }
        }
    }
}
