use crate::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, Generation, IndexDefinition, IndexPart, KeyDefinition, ReferentialAction,
    TableDefinition,
};
use crate::engine::{Dialect, Family};

/// Writes the parts of definitions in the SQL of a dialect, the same for what is created and for what is changed.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    dialect: &'a Dialect,
}

impl<'a> Writer<'a> {
    pub(super) fn new(dialect: &'a Dialect) -> Self {
        Writer { dialect }
    }

    pub(super) fn family(self) -> Family {
        self.dialect.family()
    }

    pub(super) fn quote(self, name: &str) -> String {
        self.dialect.quote(name)
    }

    pub(super) fn names(self, names: &[String]) -> String {
        names.iter().map(|name| self.quote(name)).collect::<Vec<_>>().join(", ")
    }

    /// A text as a literal. bindery's sessions on MySQL read backslashes as escapes, those on PostgreSQL as themselves.
    pub(super) fn literal(self, text: &str) -> String {
        let text = text.replace('\'', "''");
        match self.family() {
            Family::MySql => format!("'{}'", text.replace('\\', "\\\\")),
            Family::Postgres | Family::Sqlite => format!("'{text}'"),
        }
    }

    /// A column of a table. SQLite's AUTOINCREMENT is said with the primary key, and that with the column, as are checks that are a part of
    /// it.
    pub(super) fn column(self, column: &ColumnDefinition, table: Option<&TableDefinition>) -> String {
        let family = self.family();
        let mut words = vec![self.quote(&column.name)];
        let is_serial = column.generation == Some(Generation::Serial);
        words.push(if is_serial { serial(&column.type_name).to_owned() } else { column.type_name.clone() });
        words.extend(column.collation.as_ref().map(|name| format!("COLLATE {}", self.collation(name))));
        if let Some(Generation::Computed { sql, stored }) = &column.generation {
            words.push(format!("GENERATED ALWAYS AS ({sql}) {}", if *stored { "STORED" } else { "VIRTUAL" }));
        }
        if !column.nullable {
            words.push("NOT NULL".to_owned());
        } else if family == Family::MySql && column.type_name.to_ascii_lowercase().starts_with("timestamp") {
            // There a timestamp is NOT NULL unless it says otherwise.
            words.push("NULL".to_owned());
        }
        words.extend(column.default.as_ref().filter(|_| !is_serial).map(|default| format!("DEFAULT {}", self.default(default))));
        words.extend(column.on_update.as_ref().map(|sql| format!("ON UPDATE {sql}")));
        words.extend(self.identity(column, table.and_then(|table| table.primary_key.as_ref())));
        words.extend(column.options.clone());
        if family == Family::MySql {
            words.extend(column.comment.as_ref().map(|comment| format!("COMMENT {}", self.literal(comment))));
        }
        let of_column = |check: &&CheckDefinition| check.column.as_ref() == Some(&column.name);
        words.extend(table.iter().flat_map(|table| &table.checks).filter(of_column).map(|check| self.check(check)));
        words.retain(|word| !word.is_empty()); // SQLite's columns need no type
        words.join(" ")
    }

    fn identity(self, column: &ColumnDefinition, primary_key: Option<&KeyDefinition>) -> Option<String> {
        let always = column.generation == Some(Generation::AlwaysIdentity);
        if !always && column.generation != Some(Generation::Identity) {
            return None;
        }
        Some(match self.family() {
            Family::Postgres => format!("GENERATED {} AS IDENTITY", if always { "ALWAYS" } else { "BY DEFAULT" }),
            Family::MySql => "AUTO_INCREMENT".to_owned(),
            Family::Sqlite => {
                let named = primary_key.map(|key| self.constraint(&key.name)).unwrap_or_default();
                let options = primary_key.and_then(|key| key.options.as_ref()).map(|options| format!(" {options}")).unwrap_or_default();
                format!("{named}PRIMARY KEY{options} AUTOINCREMENT")
            }
        })
    }

    /// A default, as it stands behind DEFAULT. In brackets any expression is one; MySQL 5.7 takes words and literals only, and those
    /// without.
    pub(super) fn default(self, sql: &str) -> String {
        match self.family() {
            Family::MySql => sql.to_owned(),
            Family::Postgres | Family::Sqlite => format!("({sql})"),
        }
    }

    /// A collation. PostgreSQL's may stand in a schema.
    pub(super) fn collation(self, name: &str) -> String {
        match self.family() {
            Family::Postgres if name.starts_with('"') => name.to_owned(),
            Family::Postgres => name.split('.').map(|part| self.quote(part)).collect::<Vec<_>>().join("."),
            Family::Sqlite if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => self.quote(name),
            Family::Sqlite | Family::MySql => name.to_owned(),
        }
    }

    /// `CONSTRAINT name `, or nothing for one without a name.
    fn constraint(self, name: &str) -> String {
        if name.is_empty() { String::new() } else { format!("CONSTRAINT {} ", self.quote(name)) }
    }

    pub(super) fn primary_key(self, key: &KeyDefinition) -> String {
        format!("{}PRIMARY KEY ({}){}", self.constraint(&key.name), self.key_columns(key), behind(&key.options))
    }

    /// A unique constraint. PostgreSQL's option of NULLs stands before the columns.
    pub(super) fn unique(self, key: &KeyDefinition) -> String {
        let all = behind(&key.options);
        let nulls = if all.contains(NULLS_NOT_DISTINCT) { NULLS_NOT_DISTINCT } else { "" };
        let options = all.replacen(nulls, "", 1);
        format!("{}UNIQUE{nulls} ({}){options}", self.constraint(&key.name), self.key_columns(key))
    }

    fn key_columns(self, key: &KeyDefinition) -> String {
        key.columns_sql.clone().unwrap_or_else(|| self.names(&key.columns))
    }

    pub(super) fn check(self, check: &CheckDefinition) -> String {
        format!("{}CHECK ({}){}", self.constraint(&check.name), check.sql, behind(&check.options))
    }

    pub(super) fn foreign_key(self, key: &ForeignKeyDefinition) -> String {
        format!("{}FOREIGN KEY ({}) {}", self.constraint(&key.name), self.names(&key.columns), self.references(key))
    }

    /// A foreign key of one column, as it stands behind that column.
    pub(super) fn column_reference(self, key: &ForeignKeyDefinition) -> String {
        format!("{}{}", self.constraint(&key.name), self.references(key))
    }

    fn references(self, key: &ForeignKeyDefinition) -> String {
        let mut sql = format!("REFERENCES {}", self.referred(&key.table));
        // SQLite: without columns it is the primary key.
        if !key.referred.is_empty() {
            sql.push_str(&format!(" ({})", self.names(&key.referred)));
        }
        // MATCH stands before the actions, what is deferred behind them.
        let (matching, options) = match key.options.as_deref() {
            Some(options) if options.starts_with("MATCH ") => {
                let end = options.match_indices(' ').nth(1).map_or(options.len(), |(at, _)| at);
                (Some(options[..end].to_owned()), Some(options[end..].trim().to_owned()).filter(|rest| !rest.is_empty()))
            }
            options => (None, options.map(str::to_owned)),
        };
        sql.push_str(&behind(&matching));
        for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
            if action != ReferentialAction::NoAction {
                sql.push_str(&format!(" ON {event} {action}"));
            }
        }
        sql + &behind(&options)
    }

    fn referred(self, table: &str) -> String {
        match table.split_once('.') {
            Some((schema, table)) => format!("{}.{}", self.quote(schema), self.quote(table)),
            None => self.quote(table),
        }
    }

    /// An index as it stands in a CREATE TABLE or ALTER TABLE of MySQL, behind whatever comes before it.
    pub(super) fn index_clause(self, index: &IndexDefinition) -> String {
        let (kind, method) = self.index_words(index);
        format!("{kind}INDEX {}{method} ({}){}", self.quote(&index.name), self.index_parts(index), behind(&index.options))
    }

    pub(super) fn create_index(self, table: &str, index: &IndexDefinition) -> String {
        let (kind, method) = self.index_words(index);
        let (name, table, parts) = (self.quote(&index.name), self.quote(table), self.index_parts(index));
        // MySQL's method stands before ON, PostgreSQL's behind the table.
        let on = if self.family() == Family::MySql { format!("{method} ON {table}") } else { format!(" ON {table}{method}") };
        let filter = index.filter.as_ref().map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
        format!("CREATE {kind}INDEX {name}{on} ({parts}){}{filter}", behind(&index.options))
    }

    /// What stands before INDEX, and its method.
    fn index_words(self, index: &IndexDefinition) -> (String, String) {
        let unique = if index.unique { "UNIQUE " } else { "" };
        match index.method.as_deref() {
            Some(kind) if ["FULLTEXT", "SPATIAL"].iter().any(|known| known.eq_ignore_ascii_case(kind)) => {
                (format!("{kind} "), String::new())
            }
            Some(method) => (unique.to_owned(), format!(" USING {method}")),
            None => (unique.to_owned(), String::new()),
        }
    }

    fn index_parts(self, index: &IndexDefinition) -> String {
        let part = |part: &IndexPart| match part {
            IndexPart::Column(name) => self.quote(name),
            IndexPart::ColumnWith(name, length) if length.starts_with('(') => format!("{}{length}", self.quote(name)),
            IndexPart::ColumnWith(name, behind) => format!("{} {behind}", self.quote(name)),
            IndexPart::Expression(sql) => in_brackets(sql),
            IndexPart::ExpressionWith(sql, behind) => format!("({sql}) {behind}"),
        };
        index.parts.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// The comments of a table and its columns, where these are statements of their own: on PostgreSQL.
    pub(super) fn comments(self, table: &TableDefinition) -> Vec<String> {
        if self.family() != Family::Postgres {
            return Vec::new();
        }
        let of_table = table.comment.iter().map(|comment| self.comment_on_table(&table.name, Some(comment)));
        let of_column = |column: &ColumnDefinition| {
            column.comment.as_ref().map(|comment| self.comment_on_column(&table.name, &column.name, Some(comment)))
        };
        of_table.chain(table.columns.iter().filter_map(of_column)).collect()
    }

    pub(super) fn comment_on_table(self, table: &str, comment: Option<&String>) -> String {
        format!("COMMENT ON TABLE {} IS {}", self.quote(table), self.literal_or_null(comment))
    }

    pub(super) fn comment_on_column(self, table: &str, column: &str, comment: Option<&String>) -> String {
        format!("COMMENT ON COLUMN {}.{} IS {}", self.quote(table), self.quote(column), self.literal_or_null(comment))
    }

    fn literal_or_null(self, text: Option<&String>) -> String {
        text.map_or_else(|| "NULL".to_owned(), |text| self.literal(text))
    }
}

const NULLS_NOT_DISTINCT: &str = " NULLS NOT DISTINCT";

fn behind(options: &Option<String>) -> String {
    options.as_ref().map(|options| format!(" {options}")).unwrap_or_default()
}

fn serial(type_name: &str) -> &'static str {
    match type_name.to_ascii_lowercase().as_str() {
        "smallint" | "int2" => "smallserial",
        "bigint" | "int8" => "bigserial",
        _ => "serial",
    }
}

/// An expression of an index in the brackets that it needs, with its direction, where it has one, behind them.
fn in_brackets(sql: &str) -> String {
    let mut end = sql.len();
    for word in [" NULLS FIRST", " NULLS LAST", " ASC", " DESC"] {
        let kept = &sql[..end];
        if kept.len() >= word.len() && kept.is_char_boundary(end - word.len()) && kept[end - word.len()..].eq_ignore_ascii_case(word) {
            end -= word.len();
        }
    }
    let (expression, direction) = sql.split_at(end);
    format!("({expression}){direction}")
}
