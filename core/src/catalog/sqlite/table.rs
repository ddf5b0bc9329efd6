use super::column_type::sql_type_of;
use super::pragmas::{Column, Computed, IndexColumn, Listed, Reference};
use super::table_text::{KeyText, TableText};
use super::texts::{IndexText, default_of};
use crate::definition::{
    ColumnDefinition, ForeignKeyDefinition, Generation, IndexDefinition, IndexPart, KeyDefinition, ReferentialAction, TableDefinition,
};
use crate::engine::Dialect;

/// What is known of one table.
pub(super) struct TableFacts<'a> {
    pub(super) name: &'a str,
    pub(super) text: TableText,
    pub(super) listed: Option<&'a Listed>,
    pub(super) columns: &'a [Column],
    pub(super) indexes: &'a [IndexColumn],
    pub(super) references: &'a [Reference],
}

impl TableFacts<'_> {
    /// The table. What an index's text is, and what a table's name means, is asked of others.
    pub(super) fn definition<'a>(
        &self,
        index_sql: impl Fn(&str) -> Option<&'a str>,
        columns_of: impl Fn(&str) -> Option<&'a [Column]>,
    ) -> TableDefinition {
        let mut table = TableDefinition::new(self.name);
        table.columns = self.columns.iter().map(|column| self.column(column)).collect();
        table.primary_key = self.primary_key();
        table.checks.clone_from(&self.text.checks);
        table.options = self.listed.and_then(options);
        for parts in self.indexes.chunk_by(|a, b| a.index == b.index) {
            match parts {
                [first, ..] if first.origin == "c" => table.indexes.push(self.index(first, parts, index_sql(&first.index))),
                [first, ..] if first.origin == "u" => table.uniques.push(self.unique(parts)),
                _ => {}
            }
        }
        table.foreign_keys = self.foreign_keys(columns_of);
        table
    }

    fn column(&self, column: &Column) -> ColumnDefinition {
        let text = self.text.column(&column.name);
        let mut definition = ColumnDefinition::new(&column.name, &column.type_name);
        definition.sql_type = sql_type_of(&column.type_name);
        definition.collation = text.and_then(|text| text.collation.clone()).filter(|name| !name.eq_ignore_ascii_case("binary"));
        definition.nullable = !column.not_null;
        if column.computed == Computed::Not {
            definition.default = column.default.as_deref().and_then(default_of);
            definition.generation = (self.text.autoincrement && column.key > 0).then_some(Generation::Identity);
        } else {
            let sql = text.and_then(|text| text.computed.clone()).unwrap_or_default();
            definition.generation = Some(Generation::Computed { sql, stored: column.computed == Computed::Stored });
        }
        definition
    }

    fn primary_key(&self) -> Option<KeyDefinition> {
        let columns = key_columns(self.columns);
        let index: Vec<_> = self.indexes.iter().filter(|part| part.origin == "pk").collect();
        (!columns.is_empty())
            .then(|| KeyDefinition { columns_sql: self.columns_sql(&index), ..key(columns, self.text.primary_key.as_ref()) })
    }

    fn unique(&self, parts: &[IndexColumn]) -> KeyDefinition {
        let columns: Vec<_> = parts.iter().filter_map(|part| part.name.clone()).collect();
        let mut alike = self.text.uniques.iter().filter(|text| are_alike(&text.columns, &columns));
        // SQLite makes one index of those that say the same.
        let text = alike.clone().find(|text| !text.name.is_empty()).or_else(|| alike.next());
        KeyDefinition { columns_sql: self.columns_sql(&parts.iter().collect::<Vec<_>>()), ..key(columns, text) }
    }

    /// What stands in a key's brackets, where that is more than names.
    fn columns_sql(&self, parts: &[&IndexColumn]) -> Option<String> {
        let written = |part: &&IndexColumn| {
            let name = Dialect::sqlite().quote(part.name.as_deref()?);
            Some(self.behind(part).map_or_else(|| name.clone(), |behind| format!("{name} {behind}")))
        };
        let says_more = parts.iter().any(|part| self.behind(part).is_some());
        says_more.then(|| parts.iter().filter_map(written).collect::<Vec<_>>().join(", "))
    }

    fn index(&self, first: &IndexColumn, parts: &[IndexColumn], sql: Option<&str>) -> IndexDefinition {
        let text = sql.map(IndexText::read).unwrap_or_default();
        let parts = parts.iter().enumerate().map(|(place, part)| match (&part.name, self.behind(part)) {
            (Some(name), None) => IndexPart::Column(name.clone()),
            (Some(name), Some(behind)) => IndexPart::ColumnWith(name.clone(), behind),
            (None, _) => {
                let expression = text.parts.get(place).map(String::as_str).unwrap_or_default();
                IndexPart::Expression(if part.descending { format!("{expression} DESC") } else { expression.to_owned() })
            }
        });
        let mut index = IndexDefinition::new(&first.index, parts);
        index.unique = first.unique;
        index.filter = text.filter;
        index
    }

    /// What stands behind a column in an index: a collation that is not the column's own, and its order.
    fn behind(&self, part: &IndexColumn) -> Option<String> {
        let own = part.name.as_deref().and_then(|name| self.text.column(name)?.collation.as_deref()).unwrap_or("BINARY");
        let collation =
            part.collation.as_deref().filter(|name| !name.eq_ignore_ascii_case(own)).map(|name| format!("COLLATE {}", word(name)));
        let order = part.descending.then(|| "DESC".to_owned());
        collation.into_iter().chain(order).reduce(|behind, more| format!("{behind} {more}"))
    }

    fn foreign_keys<'a>(&self, columns_of: impl Fn(&str) -> Option<&'a [Column]>) -> Vec<ForeignKeyDefinition> {
        let mut texts: Vec<_> = self.text.foreign_keys.iter().collect();
        let keys = self.references.chunk_by(|a, b| a.id == b.id).filter_map(|parts| {
            let first = parts.first()?;
            let columns: Vec<_> = parts.iter().map(|part| part.column.clone()).collect();
            let parent = columns_of(&first.referred_table).unwrap_or_default();
            let referred = match parts.iter().map(|part| named(parent, part)).collect::<Option<Vec<_>>>() {
                Some(names) => names.into_iter().map(|name| own_name(parent, name)).collect(),
                None => key_columns(parent),
            };
            let table = parent.first().map_or(&first.referred_table, |column| &column.table);
            let text =
                texts.iter().position(|text| are_alike(&text.columns, &columns) && text.table.eq_ignore_ascii_case(&first.referred_table));
            let text = text.map(|place| texts.remove(place));
            let mut key = ForeignKeyDefinition::new(text.map(|text| text.name.clone()).unwrap_or_default(), columns, table, referred);
            key.on_delete = ReferentialAction::from_sql(&first.on_delete).unwrap_or_default();
            key.on_update = ReferentialAction::from_sql(&first.on_update).unwrap_or_default();
            key.options = text.and_then(|text| text.options());
            Some(key)
        });
        keys.collect()
    }
}

fn options(listed: &Listed) -> Option<String> {
    match (listed.strict, listed.without_rowid) {
        (true, true) => Some("STRICT, WITHOUT ROWID".to_owned()),
        (true, false) => Some("STRICT".to_owned()),
        (false, true) => Some("WITHOUT ROWID".to_owned()),
        (false, false) => None,
    }
}

fn key(columns: Vec<String>, text: Option<&KeyText>) -> KeyDefinition {
    let mut key = KeyDefinition::new(text.map(|text| text.name.clone()).unwrap_or_default(), columns);
    key.options = text.and_then(|text| text.options.clone());
    key
}

/// The columns of a primary key, in its order.
fn key_columns(columns: &[Column]) -> Vec<String> {
    let mut key: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
    key.sort_by_key(|column| column.key);
    key.into_iter().map(|column| column.name.clone()).collect()
}

/// The column that a reference names. Turso says `''` where it names none.
fn named<'a>(parent: &[Column], reference: &'a Reference) -> Option<&'a str> {
    reference.referred.as_deref().filter(|name| !name.is_empty() || parent.iter().any(|column| column.name.is_empty()))
}

/// A column's name as its own table has it: a reference may have it in another case.
fn own_name(columns: &[Column], name: &str) -> String {
    let own = columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    own.map_or(name, |column| &column.name).to_owned()
}

fn are_alike(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// A collation's name as SQL: in quotes only where it needs them.
fn word(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { Dialect::sqlite().quote(name) }
}
