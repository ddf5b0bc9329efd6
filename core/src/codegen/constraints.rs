use super::attribute::Item;
use super::generator::Generator;
use super::relation::Relation;
use crate::definition::{ForeignKeyDefinition, IndexDefinition, IndexPart, KeyDefinition, ReferentialAction};
use crate::engine::Family;
use crate::schema::naming;

/// What constraints say: on the table, and on its fields, by their columns.
#[derive(Default)]
pub(super) struct Constraints {
    pub(super) of_table: Vec<Item>,
    pub(super) of_fields: Vec<(String, Item)>,
    pub(super) notes: Vec<String>,
}

impl Constraints {
    fn field(&mut self, column: &str, item: Item) {
        self.of_fields.push((column.to_owned(), item));
    }
}

impl Generator<'_> {
    pub(super) fn constraints(&self, relation: &Relation<'_>) -> Constraints {
        let mut said = Constraints::default();
        if let Some(key) = &relation.definition.primary_key {
            self.say_primary_key(relation, key, &mut said);
        }
        for key in &relation.definition.uniques {
            say_unique(relation, key, &mut said);
        }
        for index in &relation.definition.indexes {
            say_index(relation, index, &mut said);
        }
        for key in &relation.definition.foreign_keys {
            self.say_foreign_key(relation, key, &mut said);
        }
        self.say_checks(relation, &mut said);
        said
    }

    fn say_primary_key(&self, relation: &Relation<'_>, key: &KeyDefinition, said: &mut Constraints) {
        let in_order: Vec<_> =
            relation.definition.columns.iter().map(|column| &column.name).filter(|name| key.columns.contains(name)).collect();
        let mut items = Vec::new();
        if self.family() != Family::MySql && key.name != naming::primary_key(&relation.definition.name) {
            items.push(Item::text("name", &key.name));
        }
        if !key.columns.iter().eq(in_order) {
            items.extend(columns(relation, &key.columns));
        }
        said.of_table.extend((!items.is_empty()).then_some(Item::List("primary_key", items)));
        say_rest_of_key("the primary key", key, said);
    }

    fn say_foreign_key(&self, relation: &Relation<'_>, key: &ForeignKeyDefinition, said: &mut Constraints) {
        let name = if key.name.is_empty() {
            format!("the foreign key of `{}`", key.columns.join("`, `"))
        } else {
            format!("the foreign key `{}`", key.name)
        };
        let fields: Vec<_> = key.columns.iter().filter_map(|column| relation.field(column)).collect();
        let Some(columns) = columns(relation, &key.columns).filter(|_| key.columns.len() == key.referred.len()) else {
            return said.notes.push(format!("{name} is to columns that are not known"));
        };
        let is_partition = |name: &str| self.database.table(name).is_some_and(|table| table.partition_of.is_some());
        if is_partition(&key.table) {
            return said.notes.push(format!("{name} is to the partition `{}`", key.table));
        }
        let mut behind = Vec::new();
        for (event, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
            let is_possible = match action {
                ReferentialAction::SetNull => fields.iter().all(|field| field.is_nullable),
                ReferentialAction::SetDefault => fields.iter().all(|field| field.column.default.is_some()),
                _ => true,
            };
            match action {
                ReferentialAction::NoAction => {}
                action if is_possible => {
                    behind.push(Item::word(format!("{event} = {}", action.to_string().to_lowercase().replace(' ', "_"))))
                }
                action => return said.notes.push(format!("{name} is {event} {action}, which its columns can't be")),
            }
        }
        let convention =
            naming::foreign_key(&relation.definition.name, &key.columns.iter().map(|name| name.into()).collect::<Vec<_>>(), &key.table);
        let options = self.options_of(key);
        match (self.references(&fields, key), fields.as_slice()) {
            (Some(paths), [_]) if key.name == convention && options.is_none() => {
                said.field(&key.columns[0], Item::word(format!("references = {}", paths.join(", "))));
                behind.into_iter().for_each(|item| said.field(&key.columns[0], item));
            }
            (paths, _) => {
                let references = match paths {
                    Some(paths) => Item::List("references", paths.into_iter().map(Item::Word).collect()),
                    None if key.referred.iter().chain([&key.table]).any(|name| name.contains(['(', ')', ',']) || name.trim() != name) => {
                        return said.notes.push(format!("{name} is to `{}`, whose names can't be written", key.table));
                    }
                    None => Item::text("references", &format!("{}({})", key.table, key.referred.join(", "))),
                };
                let mut items = vec![columns, references];
                items.extend((key.name != convention).then(|| Item::text("name", &key.name)));
                items.extend(behind);
                items.extend(options.map(|options| Item::text("options", options)));
                said.of_table.push(Item::List("foreign_key", items));
            }
        }
    }

    /// The typed columns that a key refers to, where they are a model's, of the types of its own.
    fn references(&self, fields: &[&super::column::Field<'_>], key: &ForeignKeyDefinition) -> Option<Vec<String>> {
        let referred = self.relations.iter().find(|relation| relation.definition.name == key.table)?;
        let alike = |(column, field): (&String, &&super::column::Field<'_>)| {
            let other = referred.field(column)?;
            (other.rust_type == field.rust_type).then(|| referred.path(column)).flatten()
        };
        key.referred.iter().zip(fields).map(alike).collect()
    }

    /// What stands behind a key: of tables in a circle, that it doesn't wait, unless it does.
    fn options_of<'k>(&self, key: &'k ForeignKeyDefinition) -> Option<&'k str> {
        let waits = self.family() != Family::MySql && self.circular.contains(&key.table.as_str());
        key.options.as_deref().or(waits.then_some("NOT DEFERRABLE")).filter(|options| !waits || *options != "DEFERRABLE INITIALLY DEFERRED")
    }

    fn say_checks(&self, relation: &Relation<'_>, said: &mut Constraints) {
        let table = &relation.definition.name;
        for check in &relation.definition.checks {
            let mut of = relation.definition.columns.iter().map(|column| &column.name);
            let column = of.find(|column| check.name == naming::check_of_column(table, column)).or(check.column.as_ref());
            let is_first = |column: &String| !said.of_fields.iter().any(|(name, item)| name == column && item.is("check"));
            if let Some(options) = &check.options {
                said.notes.push(format!("the check `{}` is {options}", check.name));
            }
            match column.filter(|column| is_first(column)) {
                Some(column) => {
                    if check.column.is_some() {
                        said.notes.push(format!("the check of `{column}` is a part of the column, and gets a name here"));
                    }
                    said.field(column, Item::text("check", &check.sql));
                }
                None => {
                    let name = (check.name != naming::check(table, &check.sql)).then(|| Item::text("name", &check.name));
                    let items = [Item::word(super::attribute::literal(&check.sql))].into_iter().chain(name);
                    said.of_table.push(Item::List("check", items.collect()));
                }
            }
        }
    }
}

fn say_unique(relation: &Relation<'_>, key: &KeyDefinition, said: &mut Constraints) {
    let Some(columns) = columns(relation, &key.columns) else { return };
    let convention = naming::unique(&relation.definition.name, &key.columns.iter().map(|name| name.into()).collect::<Vec<_>>());
    let is_key = relation.definition.primary_key.as_ref().is_some_and(|primary| primary.columns.contains(&key.columns[0]));
    match key.columns.as_slice() {
        [column] if key.name == convention && !is_key => said.field(column, Item::word("unique")),
        _ => {
            let mut items = vec![columns];
            items.extend((key.name != convention).then(|| Item::text("name", &key.name)));
            said.of_table.push(Item::List("unique", items));
        }
    }
    say_rest_of_key(&format!("the unique constraint `{}`", key.name), key, said);
}

/// What no attribute says of a key.
fn say_rest_of_key(what: &str, key: &KeyDefinition, said: &mut Constraints) {
    said.notes.extend(key.columns_sql.as_ref().map(|sql| format!("{what} is over {sql}")));
    said.notes.extend(key.options.as_ref().map(|options| format!("{what} is {options}")));
}

fn say_index(relation: &Relation<'_>, index: &IndexDefinition, said: &mut Constraints) {
    let plain: Option<Vec<_>> = index.parts.iter().map(|part| part.plain_column().map(str::to_owned)).collect();
    let parts = match &plain {
        Some(names) => columns(relation, names),
        None => index.parts.iter().map(|part| sql_of(relation, part)).collect::<Option<_>>().map(|parts| Item::List("sql", parts)),
    };
    let Some(parts) = parts else {
        return said.notes.push(format!("the index `{}` is over a column whose name can't be written in SQL here", index.name));
    };
    let mut schema_index = crate::schema::Index::over(index.parts.iter().cloned());
    schema_index.unique = index.unique;
    let is_by_convention = plain.is_some() && index.name == naming::index(&relation.definition.name, &schema_index);
    let is_bare = !index.unique && index.method.is_none() && index.filter.is_none() && index.options.is_none();
    match plain.as_deref() {
        Some([column]) if is_by_convention && is_bare => said.field(column, Item::word("index")),
        _ => {
            let mut items = vec![parts];
            items.extend((!is_by_convention).then(|| Item::text("name", &index.name)));
            items.extend(index.unique.then(|| Item::word("unique")));
            items.extend(index.method.as_ref().map(|method| Item::text("method", method)));
            items.extend(index.filter.as_ref().map(|filter| Item::text("filter", filter)));
            items.extend(index.options.as_ref().map(|options| Item::text("options", options)));
            said.of_table.push(Item::List("index", items));
        }
    }
}

/// A part of an index, as SQL that is read as that part again.
fn sql_of(relation: &Relation<'_>, part: &IndexPart) -> Option<Item> {
    let is_plain = |name: &str| !name.contains([' ', '(']);
    let sql = match part {
        IndexPart::Column(name) => is_plain(name).then(|| name.clone())?,
        IndexPart::ColumnWith(name, length) if length.starts_with('(') => is_plain(name).then(|| format!("{name}{length}"))?,
        IndexPart::ColumnWith(name, behind) => is_plain(name).then(|| format!("{name} {behind}"))?,
        IndexPart::ExpressionWith(sql, behind) => format!("({sql}) {behind}"),
        IndexPart::Expression(sql) => match sql.strip_suffix(" DESC") {
            Some(sql) => format!("({sql}) DESC"),
            None if is_call(sql) && relation.field(sql.split('(').next().unwrap_or_default()).is_none() => sql.clone(),
            None => format!("({sql})"),
        },
    };
    Some(Item::word(super::attribute::literal(&sql)))
}

/// Whether it is a call of a function and nothing else.
fn is_call(sql: &str) -> bool {
    let end = sql.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(sql.len());
    let (name, rest) = sql.split_at(end);
    !name.is_empty() && crate::catalog::closing_bracket(rest).is_some_and(|close| close + 1 == rest.len())
}

/// `columns(a, b)`, by the names of the fields.
fn columns(relation: &Relation<'_>, names: &[String]) -> Option<Item> {
    let fields: Vec<_> = names.iter().map(|name| relation.field(name).map(|field| Item::word(field.written()))).collect::<Option<_>>()?;
    (!fields.is_empty()).then_some(Item::List("columns", fields))
}
