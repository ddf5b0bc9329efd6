//! What the tables of an application are on a backend: their definitions.

use super::{Column, ForeignKey, Index, Table, naming, refused};
use crate::Result;
use crate::catalog::closing_bracket;
use crate::definition::{
    CheckDefinition, ColumnDefinition, DatabaseDefinition, EnumerationDefinition, ForeignKeyDefinition, Generation, IndexDefinition,
    IndexPart, KeyDefinition, TableDefinition,
};
use crate::engine::{Dialect, Family};
use crate::value::Enumeration;

impl Table {
    /// What it is on a backend: its columns in that one's types, its keys, indexes and checks.
    ///
    /// ```
    /// use bindery::{BindKey, engine::Dialect, schema::{Column, Table}};
    ///
    /// let users = Table::new("users", BindKey::DEFAULT)
    ///     .column(Column::of::<i64>("id").primary_key().generated())
    ///     .column(Column::of::<String>("email").unique().max_length(120));
    /// let definition = users.definition(&Dialect::postgres())?;
    /// assert_eq!(definition.columns[1].type_name, "varchar(120)");
    /// assert_eq!(definition.primary_key.unwrap().name, "pk_users");
    /// # Ok::<(), bindery::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), with the column where there is one, for what the backend can't have: on
    /// SQLite, a generated column that is not the whole primary key, and an index by a method; on MySQL, a key of text without a length, an
    /// index of some rows, and `set_default`; on PostgreSQL, a name beyond 63 bytes.
    pub fn definition(&self, dialect: &Dialect) -> Result<TableDefinition> {
        refused::check(self, dialect)?;
        Ok(self.lowered(dialect))
    }

    /// The same, whether the backend can have it or not.
    fn lowered(&self, dialect: &Dialect) -> TableDefinition {
        let mut definition = TableDefinition::new(self.name());
        definition.columns = self.columns().iter().map(|column| self.column_definition(column, dialect)).collect();
        let key = self.primary_key_order();
        // MySQL calls each of them `PRIMARY`, and keeps no other name.
        let name = if dialect.family() == Family::MySql { String::new() } else { self.primary_key_name() };
        definition.primary_key = (!key.is_empty()).then(|| KeyDefinition::new(name, key));
        definition.uniques =
            self.uniques().iter().map(|unique| KeyDefinition::new(&unique.name, unique.columns.iter().map(AsRef::<str>::as_ref))).collect();
        definition.indexes = self.indexes().iter().map(|index| self.index_definition(index)).collect();
        definition.foreign_keys = self.foreign_keys().iter().map(key_definition).collect();
        definition.checks = self.checks().iter().map(|check| CheckDefinition::new(&check.name, check.sql.as_ref())).collect();
        match dialect.family() {
            Family::Sqlite => definition.checks.extend(self.columns().iter().filter_map(|column| self.check_of_labels(column, dialect))),
            // A server may be set up to make tables that know no transactions.
            Family::MySql => definition.options = Some("ENGINE=InnoDB".to_owned()),
            Family::Postgres => {}
        }
        definition.options = self.get_options().map(str::to_owned).or(definition.options);
        definition.comment = comment(self.get_comment(), dialect);
        definition
    }

    fn column_definition(&self, column: &Column, dialect: &Dialect) -> ColumnDefinition {
        let (type_name, collation) = without_collation(column.type_name(dialect));
        let (type_name, generation) = self.generation(column, type_name, dialect);
        let mut definition = ColumnDefinition::new(column.name(), type_name);
        definition.sql_type = Some(column.sql_type());
        definition.collation = collation;
        definition.default = column.get_sql_default().map(str::to_owned);
        // MariaDB takes no NOT NULL there; what is computed of what is there is there.
        definition.nullable = column.is_nullable()
            || (column.is_computed() && dialect.family() == Family::MySql)
            // The number of a row is never NULL, whatever its column says.
            || (column.is_generated() && generation.is_none());
        definition.generation = generation;
        definition.comment = comment(column.get_comment(), dialect);
        definition
    }

    /// The type of a column, and how the server makes its values: where it generates them, what that type says of it.
    fn generation(&self, column: &Column, type_name: String, dialect: &Dialect) -> (String, Option<Generation>) {
        if let Some(sql) = column.get_computed() {
            return (type_name, Some(Generation::Computed { sql: sql.to_owned(), stored: column.is_stored() }));
        }
        if !column.is_generated() {
            return (type_name, None);
        }
        match dialect.family() {
            Family::Postgres => match (serial_of(&type_name), always_identity(&type_name)) {
                (Some(integer), _) => (integer.to_owned(), Some(Generation::Serial)),
                (None, Some(integer)) => (integer.to_owned(), Some(Generation::AlwaysIdentity)),
                (None, None) => (type_name, Some(Generation::Identity)),
            },
            // SQLite numbers such a column anyway.
            Family::Sqlite if column.is_row_number() => (type_name, None),
            Family::MySql | Family::Sqlite => (type_name, Some(Generation::Identity)),
        }
    }

    /// A part of SQL that is a column and what stands behind it is told apart from an expression.
    fn index_definition(&self, index: &Index) -> IndexDefinition {
        let part = |part: &IndexPart| match part {
            IndexPart::Expression(sql) => self.column_part(sql).or_else(|| part_in_brackets(sql)).unwrap_or_else(|| expression_part(sql)),
            part => part.clone(),
        };
        let mut definition = IndexDefinition::new(&index.name, index.parts.iter().map(part));
        definition.unique = index.unique;
        definition.method = index.method.as_deref().map(str::to_owned);
        definition.filter = index.filter.as_deref().map(str::to_owned);
        definition.options = index.options.as_deref().map(str::to_owned);
        definition
    }

    /// `id`, `id DESC`, `title(20)`, where these are columns.
    fn column_part(&self, sql: &str) -> Option<IndexPart> {
        let end = sql.find([' ', '(']).unwrap_or(sql.len());
        let (name, more) = sql.split_at(end);
        self.find_column(name)?;
        match more.trim() {
            "" => Some(IndexPart::Column(name.to_owned())),
            // A function may have the name of a column.
            more if !more.starts_with('(') || is_length(more) => Some(IndexPart::ColumnWith(name.to_owned(), more.to_owned())),
            _ => None,
        }
    }

    /// What keeps a column to the values of its enumeration.
    fn check_of_labels(&self, column: &Column, dialect: &Dialect) -> Option<CheckDefinition> {
        let labels = dialect.text_list(column.get_enumeration()?.labels);
        let name = naming::check_of_labels(self.name(), column.name());
        Some(CheckDefinition::new(name, format!("{} IN ({labels})", dialect.quote(column.name()))))
    }
}

/// What these tables are on a backend, which are all of its database's: with their enumerations, and with keys that wait for the end of a
/// transaction where tables refer to each other in a circle.
///
/// # Errors
/// As [`Table::definition`].
pub(crate) fn define(tables: &[&'static Table], dialect: &Dialect) -> Result<DatabaseDefinition> {
    tables.iter().try_for_each(|table| refused::check(table, dialect))?;
    Ok(define_unchecked(tables, dialect))
}

/// The same of tables that are there, so that the backend can have them.
pub(crate) fn define_unchecked(tables: &[&'static Table], dialect: &Dialect) -> DatabaseDefinition {
    let lowered = tables.iter().map(|table| table.lowered(dialect)).collect();
    let mut database = DatabaseDefinition { tables: lowered, ..Default::default() };
    // Rows that refer to each other can then be inserted in one transaction. MySQL has no deferred keys.
    if dialect.family() != Family::MySql {
        let references = tables.iter().map(|table| (table.name(), table.foreign_keys().iter().map(|key| key.table.as_ref()).collect()));
        let circular = circular(references.collect());
        for key in database.tables.iter_mut().flat_map(|table| &mut table.foreign_keys).filter(|key| circular.contains(&key.table.as_str()))
        {
            key.options.get_or_insert_with(|| "DEFERRABLE INITIALLY DEFERRED".to_owned());
        }
    }
    if dialect.family() == Family::Postgres {
        database.enumerations = enumerations(tables);
    }
    database.sort();
    database
}

/// The enumerations of these tables, for a backend where they are types of their own.
pub(super) fn enumerations(tables: &[&'static Table]) -> Vec<EnumerationDefinition> {
    let mut enumerations: Vec<_> = tables.iter().flat_map(|table| table.columns()).filter_map(Column::get_enumeration).collect();
    enumerations.sort_by_key(|enumeration| enumeration.name);
    enumerations.dedup_by_key(|enumeration| enumeration.name);
    let definition = |enumeration: Enumeration| EnumerationDefinition::new(enumeration.name, enumeration.labels.iter().copied());
    enumerations.into_iter().map(definition).collect()
}

/// The tables that refer to each other in a circle, or to such a table, of tables with those that each refers to.
pub(crate) fn circular<'t>(mut waiting: Vec<(&'t str, Vec<&'t str>)>) -> Vec<&'t str> {
    loop {
        let names: Vec<_> = waiting.iter().map(|(name, _)| *name).collect();
        waiting.retain(|(name, referred)| referred.iter().any(|other| other != name && names.contains(other)));
        if waiting.len() == names.len() {
            return names;
        }
    }
}

/// An expression, and what stands behind its last bracket: a direction, an operator class.
fn expression_part(sql: &str) -> IndexPart {
    let (expression, behind) = sql.split_at(sql.rfind(')').map_or(sql.len(), |end| end + 1));
    let is_behind =
        |word: &str| ["ASC", "DESC", "NULLS", "FIRST", "LAST"].contains(&word.to_uppercase().as_str()) || word.ends_with("_ops");
    match behind.trim() {
        behind if !behind.is_empty() && behind.split_whitespace().all(is_behind) => {
            IndexPart::ExpressionWith(expression.to_owned(), behind.to_owned())
        }
        _ => IndexPart::Expression(sql.to_owned()),
    }
}

fn key_definition(key: &ForeignKey) -> ForeignKeyDefinition {
    let [columns, referred] = [&key.columns, &key.referred].map(|names| names.iter().map(AsRef::<str>::as_ref));
    let mut definition = ForeignKeyDefinition::new(&key.name, columns, key.table.as_ref(), referred);
    (definition.on_delete, definition.on_update) = (key.on_delete, key.on_update);
    definition.options = key.options.as_deref().map(str::to_owned);
    definition
}

/// SQLite keeps none.
fn comment(text: Option<&str>, dialect: &Dialect) -> Option<String> {
    text.filter(|_| dialect.family() != Family::Sqlite).map(str::to_owned)
}

/// A type, and the collation at its end.
fn without_collation(type_name: String) -> (String, Option<String>) {
    let is_name = |name: &str| !name.contains(' ') || (name.starts_with('"') && name.ends_with('"'));
    match type_name.rsplit_once(" COLLATE ") {
        Some((type_name, collation)) if is_name(collation) => (type_name.to_owned(), Some(collation.to_owned())),
        _ => (type_name, None),
    }
}

/// The type of a column that PostgreSQL is told to number by a sequence of its own.
fn serial_of(type_name: &str) -> Option<&'static str> {
    let types = [("smallserial", "smallint"), ("serial", "integer"), ("bigserial", "bigint")];
    types.into_iter().find(|(serial, _)| serial.eq_ignore_ascii_case(type_name)).map(|(_, integer)| integer)
}

/// The type before the words that let the server alone number a column of PostgreSQL's.
fn always_identity(type_name: &str) -> Option<&str> {
    const WORDS: &str = " generated always as identity";
    let at = type_name.len().checked_sub(WORDS.len()).filter(|at| type_name.is_char_boundary(*at))?;
    type_name[at..].eq_ignore_ascii_case(WORDS).then(|| &type_name[..at])
}

/// `(lower(email)) text_pattern_ops`: an expression in brackets, and what stands behind it.
fn part_in_brackets(sql: &str) -> Option<IndexPart> {
    let end = closing_bracket(sql.trim())?;
    let (expression, behind) = sql.trim().split_at(end + 1);
    let behind = behind.trim();
    let word = behind.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let is_operator = ["", "AND", "OR", "IS", "IN", "NOT", "LIKE", "ILIKE", "BETWEEN"].iter().any(|known| known.eq_ignore_ascii_case(word));
    (!is_operator).then(|| IndexPart::ExpressionWith(expression[1..end].trim().to_owned(), behind.to_owned()))
}

/// `(20)`
fn is_length(text: &str) -> bool {
    let digits = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BindKey;
    use crate::definition::ReferentialAction;
    use crate::schema::{Reference, StaticTable};
    use crate::value::SqlType;

    const MOOD: Enumeration = Enumeration::new("mood", &["sad", "it's"]);

    static FILMS: StaticTable = StaticTable::new(|| {
        Table::new("films", BindKey::DEFAULT)
            .column(Column::of::<i64>("id").primary_key().generated().type_override("bigserial").comment("the shop's"))
            .column(Column::of::<String>("title").max_length(20).sql_default("'x'").unique())
            .column(Column::of::<String>("mood").enumeration(MOOD))
            .column(Column::of::<i16>("length").check("length > 0"))
            .column(Column::of::<i64>("twice").computed("length * 2"))
            .add_index(Index::over_sql(["title", "length DESC", "lower(title)", "title(7)", "length(title)"]).named("by_all"))
            .check(Some("short"), "length < 500")
            .comment("to see")
    });

    fn column(dialect: &Dialect, name: &str) -> ColumnDefinition {
        FILMS.definition(dialect).unwrap().column(name).unwrap().clone()
    }

    #[test]
    fn a_type_and_its_collation_are_apart() {
        let title = column(&Dialect::postgres(), "title");
        assert_eq!((title.type_name.as_str(), title.collation.as_deref()), ("varchar(20)", Some("\"C\"")));
        assert_eq!((title.default.as_deref(), title.sql_type, title.nullable), (Some("'x'"), Some(SqlType::Text), false));
        let title = column(&Dialect::mysql(), "title");
        assert_eq!((title.type_name.as_str(), title.collation.as_deref()), ("varchar(20) CHARACTER SET utf8mb4", Some("utf8mb4_bin")));
        for whole in ["varchar(20)", "text COLLATE x NOT NULL", "COLLATE"] {
            assert_eq!(without_collation(whole.to_owned()), (whole.to_owned(), None));
        }
        assert_eq!(without_collation("text COLLATE \"de AT\"".to_owned()), ("text".to_owned(), Some("\"de AT\"".to_owned())));
    }

    #[test]
    fn what_the_server_makes_is_said() {
        let id = column(&Dialect::postgres(), "id");
        assert_eq!((id.type_name.as_str(), id.generation), ("bigint", Some(Generation::Serial)));
        assert_eq!(column(&Dialect::mysql(), "id").generation, Some(Generation::Identity));
        let computed = Some(Generation::Computed { sql: "length * 2".to_owned(), stored: true });
        let nullable = [Dialect::postgres(), Dialect::mysql(), Dialect::sqlite()].map(|dialect| {
            let twice = column(&dialect, "twice");
            assert_eq!(twice.generation, computed);
            twice.nullable
        });
        assert_eq!(nullable, [false, true, false], "MariaDB takes no NOT NULL there");
    }

    #[test]
    fn an_enumeration_is_what_the_backend_has() {
        let types = [Dialect::postgres(), Dialect::mysql(), Dialect::sqlite()].map(|dialect| column(&dialect, "mood").type_name);
        assert_eq!(types, ["\"mood\"", "enum('sad', 'it''s') CHARACTER SET utf8mb4", "TEXT"]);
        let names =
            |dialect| FILMS.definition(&dialect).unwrap().checks.into_iter().map(|check| (check.name, check.sql)).collect::<Vec<_>>();
        let own = [("ck_films_length", "length > 0"), ("short", "length < 500")].map(|(name, sql)| (name.to_owned(), sql.to_owned()));
        assert_eq!(names(Dialect::postgres()), own);
        assert_eq!(names(Dialect::sqlite())[2], ("ck_films_mood_labels".to_owned(), r#""mood" IN ('sad', 'it''s')"#.to_owned()));
        let enumerations = |dialect| define(&[&*FILMS, &*FILMS], &dialect).unwrap().enumerations;
        assert_eq!(enumerations(Dialect::postgres()), [EnumerationDefinition::new("mood", ["sad", "it's"])]);
        assert_eq!((enumerations(Dialect::mysql()), enumerations(Dialect::sqlite())), (vec![], vec![]));
    }

    #[test]
    fn columns_in_the_sql_of_an_index_are_columns() {
        let index = FILMS.definition(&Dialect::postgres()).unwrap().indexes.remove(0);
        let with = |name: &str, more: &str| IndexPart::ColumnWith(name.to_owned(), more.to_owned());
        let expression = |sql: &str| IndexPart::Expression(sql.to_owned());
        let expected = [
            IndexPart::Column("title".to_owned()),
            with("length", "DESC"),
            expression("lower(title)"),
            with("title", "(7)"),
            expression("length(title)"),
        ];
        assert_eq!(index.parts, expected);
    }

    #[test]
    fn names_options_and_comments_are_the_backends() {
        let [postgres, mysql, sqlite] =
            [Dialect::postgres(), Dialect::mysql(), Dialect::sqlite()].map(|dialect| FILMS.definition(&dialect).unwrap());
        let key = |definition: &TableDefinition| definition.primary_key.clone().unwrap().name;
        assert_eq!([key(&postgres), key(&mysql), key(&sqlite)], ["pk_films", "", "pk_films"]);
        assert_eq!([&postgres.options, &mysql.options, &sqlite.options], [&None, &Some("ENGINE=InnoDB".to_owned()), &None]);
        assert_eq!([&postgres.comment, &mysql.comment, &sqlite.comment], [&Some("to see".to_owned()), &Some("to see".to_owned()), &None]);
        assert_eq!((&postgres.columns[0].comment, &sqlite.columns[0].comment), (&Some("the shop's".to_owned()), &None));
        assert_eq!(postgres.uniques, [KeyDefinition::new("uq_films_title", ["title"])]);
    }

    fn refers(name: &'static str, to: &'static str) -> Table {
        let reference = Reference::to_named(to, "a").and("b").on_delete(ReferentialAction::Cascade).on_update(ReferentialAction::SetNull);
        let columns = ["a", "b"].map(|name| Column::of::<i64>(name).primary_key());
        Table::new(name, BindKey::DEFAULT).columns_from(columns).foreign_key(None, vec!["a".into(), "b".into()], reference)
    }

    static CHICKENS: StaticTable = StaticTable::new(|| refers("chickens", "eggs"));
    static EGGS: StaticTable = StaticTable::new(|| refers("eggs", "chickens"));
    static PANS: StaticTable = StaticTable::new(|| refers("pans", "eggs"));
    static STOVES: StaticTable = StaticTable::new(|| refers("stoves", "pots"));
    static POTS: StaticTable = StaticTable::new(|| refers("pots", "pots"));

    #[test]
    fn keys_of_a_circle_wait_for_the_end_of_the_transaction() {
        let tables: [&'static Table; 5] = [&PANS, &EGGS, &CHICKENS, &STOVES, &POTS];
        for (dialect, waits) in [(Dialect::postgres(), true), (Dialect::sqlite(), true), (Dialect::mysql(), false)] {
            let database = define(&tables, &dialect).unwrap();
            let names: Vec<_> = database.tables.iter().map(|table| table.name.as_str()).collect();
            assert_eq!(names, ["chickens", "eggs", "pans", "pots", "stoves"]);
            let waiting: Vec<_> = database.tables.iter().filter(|table| table.foreign_keys[0].options.is_some()).collect();
            assert_eq!(waiting.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), if waits { &names[..3] } else { &[] });
        }
        let key = EGGS.definition(&Dialect::postgres()).unwrap().foreign_keys.remove(0);
        let mut expected = ForeignKeyDefinition::new("fk_eggs_a_b_chickens", ["a", "b"], "chickens", ["a", "b"]);
        (expected.on_delete, expected.on_update) = (ReferentialAction::Cascade, ReferentialAction::SetNull);
        assert_eq!(key, expected);
    }
}
