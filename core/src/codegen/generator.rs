use std::collections::BTreeSet;

use super::Generated;
use super::attribute::{Item, attribute, docs};
use super::column::Field;
use super::enumeration::{Enumeration, labels};
use super::names::{Names, pascal, snake};
use super::relation::Relation;
use super::rust_type::RustType;
use super::view::remark;
use crate::BindKey;
use crate::definition::{ColumnDefinition, DatabaseDefinition, HISTORY_TABLE, OtherDefinition, TableDefinition};
use crate::engine::{Dialect, Family};
use crate::schema::circular;

/// Names that mean something in the source.
const RESERVED: [&str; 6] = ["FromRow", "Model", "Option", "Scalar", "String", "Vec"];

const UNLOGGED: &str = "UNLOGGED";

/// Writes the source of one database.
pub(super) struct Generator<'a> {
    pub(super) database: &'a DatabaseDefinition,
    pub(super) dialect: &'a Dialect,
    pub(super) relations: Vec<Relation<'a>>,
    /// the tables that refer to each other in a circle, or to such a table
    pub(super) circular: Vec<&'a str>,
    /// the crates that the source names
    pub(super) features: BTreeSet<&'static str>,
    bind: BindKey,
    names: Names,
    enumerations: Vec<Enumeration>,
    notes: Vec<String>,
}

impl<'a> Generator<'a> {
    pub(super) fn new(database: &'a DatabaseDefinition, bind: BindKey, dialect: &'a Dialect) -> Self {
        let references: Vec<_> = database
            .tables
            .iter()
            .map(|table| (table.name.as_str(), table.foreign_keys.iter().map(|key| key.table.as_str()).collect()))
            .collect();
        Generator {
            database,
            dialect,
            relations: Vec::new(),
            circular: circular(references),
            features: BTreeSet::new(),
            bind,
            names: Names::with(RESERVED),
            enumerations: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn family(&self) -> Family {
        self.dialect.family()
    }

    pub(super) fn generate(mut self) -> Generated {
        let database = self.database;
        // Its own history is bindery's.
        let is_modelled = |table: &&TableDefinition| table.partition_of.is_none() && table.name != HISTORY_TABLE;
        let tables: Vec<_> = database.tables.iter().filter(is_modelled).collect();
        let names: Vec<_> = tables.iter().map(|table| self.name_of(table)).collect();
        let views: Vec<_> = database.views.iter().map(|view| self.names.take(&pascal(&view.name), |_| Vec::new())).collect();
        self.find_enumerations(&tables);
        self.relations = tables.into_iter().zip(names).map(|(table, name)| self.relation(table, name)).collect();
        let relations = std::mem::take(&mut self.relations);
        self.features.extend(relations.iter().flat_map(|relation| &relation.fields).filter_map(|field| field.rust_type.feature()));
        self.relations = relations;

        let mut items: Vec<String> = self.enumerations.iter().map(Enumeration::source).collect();
        for place in 0..self.relations.len() {
            let (source, notes) = self.table(&self.relations[place]);
            items.push(source);
            self.notes.extend(notes);
        }
        for (view, name) in database.views.iter().zip(views) {
            if view.columns.is_empty() {
                self.notes.push(format!("view `{}`: its columns are not known", view.name));
            } else {
                items.push(self.view(view, &name));
            }
        }
        self.note_the_rest();
        let source = std::iter::once(self.header()).chain(items).collect::<Vec<_>>().join("\n");
        Generated { source, notes: self.notes }
    }

    fn name_of(&mut self, table: &TableDefinition) -> String {
        if Relation::is_model(table) {
            self.names.take(&pascal(&table.name), |name| vec![format!("New{name}"), format!("{name}Columns")])
        } else {
            self.names.take(&snake(&table.name).to_uppercase(), |_| Vec::new())
        }
    }

    fn find_enumerations(&mut self, tables: &[&TableDefinition]) {
        for enumeration in self.database.enumerations.iter().filter(|enumeration| !enumeration.labels.is_empty()) {
            let name = self.names.take(&pascal(&enumeration.name), |_| Vec::new());
            let docs = format!("The enumeration `{}`.", enumeration.name);
            let (type_name, labels) = (Some(enumeration.name.clone()), enumeration.labels.clone());
            self.enumerations.push(Enumeration { name, type_name, labels, docs });
        }
        if self.family() == Family::MySql {
            for (table, column) in tables.iter().flat_map(|table| table.columns.iter().map(move |column| (table, column))) {
                if let Some(labels) = labels(&column.type_name) {
                    let name = self.names.take(&pascal(&format!("{}_{}", table.name, column.name)), |_| Vec::new());
                    let docs = of_column(&table.name, &column.name);
                    self.enumerations.push(Enumeration { name, type_name: None, labels, docs });
                }
            }
        }
    }

    /// The enum of a column, where it has one.
    pub(super) fn enumeration_of(&self, table: &str, column: &ColumnDefinition) -> Option<String> {
        let mut enumerations = self.enumerations.iter();
        let found = if self.family() == Family::MySql {
            let (labels, own) = (labels(&column.type_name)?, of_column(table, &column.name));
            // A view's is that of a table with the same values.
            enumerations.clone().find(|one| one.docs == own).or_else(|| enumerations.find(|one| one.labels == labels))
        } else {
            let is_of = |name: &String| column.type_name == *name || column.type_name == self.dialect.quote(name);
            enumerations.find(|one| one.type_name.as_ref().is_some_and(is_of))
        };
        found.map(|one| one.name.clone())
    }

    /// Whether `create_all` makes the type of a column of the enum that it is.
    pub(super) fn is_made_of_its_enum(&self, field: &Field<'_>) -> bool {
        self.enumerations.iter().any(|one| one.name == field.rust_type.name && one.type_name.is_some())
    }

    fn relation(&self, definition: &'a TableDefinition, name: String) -> Relation<'a> {
        let mut names = Names::default();
        let mut has_generated = false;
        let is_model = Relation::is_model(definition);
        let fields = definition.columns.iter().map(|column| {
            let rust_type = match self.enumeration_of(&definition.name, column) {
                Some(name) => RustType::enumeration(&name),
                None => RustType::of(column, self.family()),
            };
            // One column of a table is `generated`.
            let generated = self.generated(definition, column).filter(|_| rust_type.is_integer() && !has_generated);
            has_generated |= generated.is_some();
            let is_key = is_model && definition.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
            let name = names.take(&snake(&column.name), |_| Vec::new());
            Field { column, name, rust_type, is_nullable: column.nullable && !is_key, generated }
        });
        Relation { fields: fields.collect(), definition, name }
    }

    /// The source of a table, and what it doesn't say.
    fn table(&self, relation: &Relation<'_>) -> (String, Vec<String>) {
        let (definition, is_model) = (relation.definition, Relation::is_model(relation.definition));
        let constraints = self.constraints(relation);
        let mut notes = constraints.notes;
        let mut fields = Vec::new();
        for field in &relation.fields {
            let mut said = self.said_of(relation, field);
            let of_it = constraints.of_fields.iter().filter(|(column, _)| *column == field.column.name);
            said.items.extend(of_it.map(|(_, item)| item.clone()));
            notes.append(&mut said.notes);
            fields.push((field, said.items));
        }
        let mut table_items = vec![Item::text(if is_model { "table" } else { "name" }, &definition.name)];
        table_items.extend((self.bind != BindKey::DEFAULT).then(|| Item::text("bind", self.bind.as_str())));
        table_items.extend(relation.holder().filter(|_| is_model).map(|holder| Item::word(format!("columns = {holder}"))));
        match definition.options.as_deref() {
            // It stands before the table's name.
            Some(options) if self.family() == Family::Postgres && options.starts_with(UNLOGGED) => {
                notes.push(format!("the table is {UNLOGGED}"));
                let rest = options[UNLOGGED.len()..].trim_start();
                table_items.extend((!rest.is_empty()).then(|| Item::text("options", rest)));
            }
            options => table_items.extend(options.map(|options| Item::text("options", options))),
        }
        table_items.extend(definition.comment.as_ref().map(|comment| Item::text("comment", comment)));

        let remarks: String = notes.iter().map(|note| remark(&format!("Not said here: {note}."))).collect();
        let described = match &definition.comment {
            Some(comment) => comment.clone(),
            None if is_model => format!("A row of `{}`.", definition.name),
            None => format!("The table `{}`.", definition.name),
        };
        let (indent, attributes) = if is_model { (0, "model") } else { (4, "table") };
        let mut source = remarks + if is_model { "" } else { "bindery::table! {\n" } + &docs(indent, &described);
        if is_model {
            source += "#[derive(Debug, Clone, PartialEq, Model)]\n";
        }
        source += &attribute(indent, attributes, table_items);
        source.extend(constraints.of_table.into_iter().map(|item| attribute(indent, attributes, vec![item])));
        let publicly = if is_model { "pub " } else { "" };
        source += &match is_model {
            true => format!("pub struct {} {{\n", relation.name),
            false => format!("    pub static {} {{\n", relation.name),
        };
        source.extend(fields.into_iter().map(|(field, items)| field.source(indent + 4, items, publicly)));
        source += if is_model { "}\n" } else { "    }\n}\n" };
        (source, notes.into_iter().map(|note| format!("table `{}`: {note}", definition.name)).collect())
    }

    /// What stands outside of tables and views.
    fn note_the_rest(&mut self) {
        let database = self.database;
        for table in &database.tables {
            if let Some((parent, _)) = &table.partition_of {
                self.notes.push(format!("table `{}` is a partition of `{parent}`", table.name));
            }
        }
        let used = |name: &str| {
            let one = self.enumerations.iter().find(|one| one.type_name.as_deref() == Some(name))?;
            self.relations.iter().flat_map(|relation| &relation.fields).find(|field| field.rust_type.name == one.name)
        };
        let unused: Vec<_> = database.enumerations.iter().filter(|enumeration| used(&enumeration.name).is_none()).collect();
        self.notes.extend(unused.iter().map(|enumeration| format!("enumeration `{}` is of no column", enumeration.name)));
        self.notes.extend(database.domains.iter().map(|domain| format!("domain `{}` is to be there before its tables", domain.name)));
        let other = |other: &OtherDefinition| match &other.table {
            Some(table) => format!("{} `{}` of `{table}`", other.kind, other.name),
            None => format!("{} `{}`", other.kind, other.name),
        };
        self.notes.extend(database.others.iter().map(other));
    }

    /// The top of the source.
    fn header(&self) -> String {
        let mut header =
            format!("// Generated by `bindery::codegen` from the {} database of the bind `{}`.\n", self.dialect.name(), self.bind);
        if !self.features.is_empty() {
            let crates = self.features.iter().map(|feature| format!("`{feature}`")).collect::<Vec<_>>().join(", ");
            header += &format!("// It needs these crates, and bindery with the features of their names: {crates}.\n");
        }
        let has_views = self.database.views.iter().any(|view| !view.columns.is_empty());
        let has_models = self.relations.iter().any(|relation| Relation::is_model(relation.definition));
        let uses = [("FromRow", has_views), ("Model", has_models), ("Scalar", !self.enumerations.is_empty())];
        let used: Vec<_> = uses.into_iter().filter(|(_, is_used)| *is_used).map(|(name, _)| name).collect();
        match used.as_slice() {
            [] => header,
            [one] => format!("{header}\nuse bindery::{one};\n"),
            several => format!("{header}\nuse bindery::{{{}}};\n", several.join(", ")),
        }
    }
}

/// What an enum of one column says of itself.
fn of_column(table: &str, column: &str) -> String {
    format!("The values of `{table}.{column}`.")
}
