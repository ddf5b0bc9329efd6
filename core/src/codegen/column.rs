use super::attribute::{Item, attribute, docs};
use super::generator::Generator;
use super::names::written;
use super::relation::Relation;
use super::rust_type::RustType;
use crate::definition::{ColumnDefinition, Generation, TableDefinition};
use crate::engine::Family;
use crate::schema::OwnType;
use crate::value::SqlType;

/// A column as a field.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) column: &'a ColumnDefinition,
    /// its name in Rust, without `r#`
    pub(super) name: String,
    pub(super) rust_type: RustType,
    pub(super) is_nullable: bool,
    /// how its table says that the server numbers it; one column of a table can
    pub(super) generated: Option<String>,
}

/// What the attributes of a field say, and what no attribute says.
#[derive(Default)]
pub(super) struct Said {
    pub(super) items: Vec<Item>,
    pub(super) notes: Vec<String>,
}

impl Field<'_> {
    /// The name as it is written.
    pub(super) fn written(&self) -> String {
        written(&self.name)
    }

    /// Its declaration, with its attribute; `publicly` is what stands before the name.
    pub(super) fn source(&self, indent: usize, items: Vec<Item>, publicly: &str) -> String {
        let mut source = self.column.comment.as_deref().map(|comment| docs(indent, comment)).unwrap_or_default();
        source += &attribute(indent, "column", items);
        let name = &self.rust_type.name;
        let of = if self.is_nullable { format!("Option<{name}>") } else { name.clone() };
        source + &format!("{:indent$}{publicly}{}: {of},\n", "", self.written())
    }

    /// `name = "…"`, where the field doesn't have it.
    pub(super) fn name_item(&self) -> Option<Item> {
        (self.name != self.column.name).then(|| Item::text("name", &self.column.name))
    }
}

impl Generator<'_> {
    /// What the field's attribute says, but for what constraints add to it.
    pub(super) fn said_of(&self, relation: &Relation<'_>, field: &Field<'_>) -> Said {
        let column = field.column;
        let mut said = Said { items: field.name_item().into_iter().collect(), ..Said::default() };
        if relation.is_key(column) {
            said.items.push(Item::word("primary_key"));
            if column.nullable && field.generated.is_none() {
                said.notes.push(format!("`{}` takes NULL, and a column of a model's primary key does not", column.name));
            }
        }
        said.items.extend(field.generated.as_ref().map(|_| Item::word("generated")));
        self.say_type(relation, field, &mut said);
        match (&column.generation, &column.default, &column.on_update) {
            (Some(Generation::Computed { sql, stored }), ..) => {
                said.items.push(Item::text("computed", sql));
                said.items.extend((!stored).then(|| Item::word("virtual")));
            }
            (Some(_), ..) => {}
            (None, Some(sql), None) => said.items.push(Item::text("sql_default", sql)),
            // What stands behind the default is part of its text.
            (None, Some(sql), Some(update)) => said.items.push(Item::text("sql_default", &format!("{sql} ON UPDATE {update}"))),
            (None, None, Some(update)) if column.nullable => {
                said.items.push(Item::text("sql_default", &format!("NULL ON UPDATE {update}")))
            }
            (None, None, Some(_)) => said.notes.push(format!("`{}` is set anew by each update of its row", column.name)),
            (None, None, None) => {}
        }
        said.items.extend(column.comment.as_ref().filter(|text| !text.is_empty()).map(|text| Item::text("comment", text)));
        if let Some(options) = &column.options {
            said.notes.push(format!("`{}` is {options}", column.name));
        }
        if !field.rust_type.is_exact {
            said.notes
                .push(format!("`{}` is of the type `{}`, which bindery does not read in all its values", column.name, column.type_name));
        }
        said
    }

    /// The column's type, unless `create_all` would make it of the Rust type.
    fn say_type(&self, relation: &Relation<'_>, field: &Field<'_>, said: &mut Said) {
        let column = field.column;
        let own_collation = column.collation.as_deref();
        let collation = own_collation.or(relation.definition.table_collation());
        if let Some(type_name) = field.generated.as_deref().filter(|type_name| !type_name.is_empty()) {
            said.items.push(Item::text("type", type_name));
        } else if column.generation == Some(Generation::Serial) {
            said.items.push(Item::text("type", serial(&column.type_name)));
        } else if self.is_made_of_its_enum(field) {
            // by `create_all`
        } else if let Some(own) = OwnType::of(column, field.rust_type.sql_type, collation, self.dialect) {
            said.items.extend(own.max_length.map(|length| Item::word(format!("max_length = {length}"))));
            said.items.extend(own.decimal.map(|(precision, scale)| Item::word(format!("type = decimal({precision}, {scale})"))));
        } else if column.type_name.is_empty() {
            said.notes.push(format!("`{}` has no type", column.name));
        } else {
            let length = length_of_text(&column.type_name, self.family()).filter(|_| field.rust_type.sql_type == SqlType::Text);
            said.items.extend(length.map(|length| Item::word(format!("max_length = {length}"))));
            let collated = own_collation.map(|collation| format!(" COLLATE {}", self.collation(collation))).unwrap_or_default();
            said.items.push(Item::text("type", &format!("{}{collated}", column.type_name)));
        }
    }

    /// How the server numbers a column, as the `type` beside `generated` says it, empty where nothing has to; `None` where it doesn't, or
    /// can't be said.
    pub(super) fn generated(&self, definition: &TableDefinition, column: &ColumnDefinition) -> Option<String> {
        let is_whole_key =
            definition.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.as_str()] && key.columns_sql.is_none());
        let own = |column| OwnType::of(column, column.sql_type?, None, self.dialect);
        match (&column.generation, self.family()) {
            (Some(Generation::Identity), Family::MySql | Family::Postgres) if own(column).is_none() => Some(column.type_name.clone()),
            (Some(Generation::Identity), _) => Some(String::new()),
            (Some(Generation::AlwaysIdentity), _) => Some(format!("{} generated always as identity", column.type_name)),
            (Some(Generation::Serial), _) => Some(serial(&column.type_name).to_owned()),
            (None, Family::Sqlite) if is_whole_key && column.type_name.eq_ignore_ascii_case("integer") && column.default.is_none() => {
                let has_numbers = !definition.options.as_deref().is_some_and(|options| options.contains("WITHOUT ROWID"));
                let not_null = if column.nullable { "" } else { " NOT NULL" };
                has_numbers.then(|| format!("{}{not_null}", column.type_name))
            }
            _ => None,
        }
    }

    /// A collation as it stands behind a type.
    fn collation(&self, name: &str) -> String {
        let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '-'));
        if is_plain || self.family() == Family::Postgres { name.to_owned() } else { self.dialect.quote(name) }
    }
}

/// How many characters a text of this type has at most, where the server sees to it. SQLite doesn't.
fn length_of_text(type_name: &str, family: Family) -> Option<&str> {
    let (word, rest) = type_name.split_once('(').filter(|_| family != Family::Sqlite)?;
    let (length, _) = rest.split_once(')')?;
    let is_number = !length.is_empty() && length.bytes().all(|digit| digit.is_ascii_digit()) && !length.starts_with('0');
    (["varchar", "char", "character varying", "character"].contains(&word) && is_number && !rest.contains("[]")).then_some(length)
}

fn serial(type_name: &str) -> &'static str {
    match type_name {
        "smallint" => "smallserial",
        "bigint" => "bigserial",
        _ => "serial",
    }
}
