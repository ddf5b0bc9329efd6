use super::reader::{self, Reader};
use super::token::Token;
use crate::definition::CheckDefinition;

/// What the text of a CREATE TABLE says and no pragma does.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TableText {
    pub(super) columns: Vec<ColumnText>,
    pub(super) primary_key: Option<KeyText>,
    pub(super) uniques: Vec<KeyText>,
    /// in the order of the text
    pub(super) foreign_keys: Vec<ForeignKeyText>,
    pub(super) checks: Vec<CheckDefinition>,
    pub(super) autoincrement: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ColumnText {
    pub(super) name: String,
    pub(super) collation: Option<String>,
    pub(super) computed: Option<String>,
}

/// A primary key or a unique constraint.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeyText {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) options: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct ForeignKeyText {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    pub(super) matching: Option<String>,
    pub(super) deferred: bool,
}

impl TableText {
    /// Reads a text; nothing is known of one that is no CREATE TABLE.
    pub(super) fn read(sql: &str) -> Self {
        let mut table = TableText::default();
        let Some(tokens) = Token::all(sql) else { return table };
        let mut reader = Reader::new(&tokens);
        reader.take(&["CREATE"]);
        reader.take_any(&["TEMP", "TEMPORARY"]);
        reader.take(&["TABLE"]);
        reader.take(&["IF", "NOT", "EXISTS"]);
        reader.object();
        for part in reader.group().map(reader::parts).unwrap_or_default() {
            table.read_part(Reader::new(part));
        }
        table
    }

    pub(super) fn column(&self, name: &str) -> Option<&ColumnText> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    fn read_part(&mut self, mut reader: Reader<'_, '_>) {
        // A name that is one of these stands in quotes.
        let is_constraint = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| reader.is_at(&[word]));
        if is_constraint {
            self.read_constraints(&mut reader, None);
        } else if let Some(name) = reader.name() {
            let mut column = ColumnText { name, ..ColumnText::default() };
            self.read_constraints(&mut reader, Some(&mut column));
            self.columns.push(column);
        }
    }

    /// Reads what stands behind a column's name, or the constraints of the table between two commas. A type is passed over.
    fn read_constraints(&mut self, reader: &mut Reader<'_, '_>, mut column: Option<&mut ColumnText>) {
        let mut next_name = String::new();
        while !reader.rest().is_empty() {
            if reader.take(&["CONSTRAINT"]) {
                next_name = reader.name().unwrap_or_default();
                continue;
            }
            let name = std::mem::take(&mut next_name);
            let own = || column.iter().map(|column| column.name.clone()).collect();
            if reader.take(&["PRIMARY", "KEY"]) {
                let mut columns = own();
                if let Some(group) = reader.group() {
                    columns = names(group);
                    self.autoincrement |= group.last().is_some_and(|token| token.is("AUTOINCREMENT"));
                }
                reader.take_any(&["ASC", "DESC"]);
                let options = conflict(reader);
                self.autoincrement |= reader.take(&["AUTOINCREMENT"]);
                self.primary_key = Some(KeyText { name, columns, options });
            } else if reader.take(&["UNIQUE"]) {
                let columns = reader.group().map_or_else(own, names);
                self.uniques.push(KeyText { name, columns, options: conflict(reader) });
            } else if reader.take(&["CHECK"]) {
                if let Some(group) = reader.group() {
                    self.checks.push(CheckDefinition::new(name, reader::expression(group)));
                }
                conflict(reader); // the grammar has it, SQLite does nothing with it
            } else if reader.take(&["FOREIGN", "KEY"]) {
                let columns = reader.group().map(names).unwrap_or_default();
                if reader.take(&["REFERENCES"]) {
                    self.read_reference(reader, name, columns);
                }
            } else if reader.take(&["REFERENCES"]) {
                self.read_reference(reader, name, own());
            } else if reader.take(&["DEFERRABLE"]) {
                // Of the last key, whatever stands between. One that is not deferred is as one that says nothing of it.
                self.set_deferred(reader.take(&["INITIALLY", "DEFERRED"]));
            } else if reader.take(&["NOT", "DEFERRABLE"]) {
                reader.take(&["INITIALLY", "DEFERRED"]);
                self.set_deferred(false);
            } else if reader.take(&["DEFAULT"]) {
                // The value may be any word. Which it is, a pragma says.
                if reader.rest().first().is_some_and(|token| token.is_mark("-") || token.is_mark("+")) {
                    reader.next();
                }
                reader.skip();
            } else if reader.take(&["COLLATE"]) {
                let collation = reader.name();
                if let Some(column) = &mut column {
                    column.collation = collation;
                }
            } else if reader.take(&["AS"]) {
                let computed = reader.group().map(reader::expression);
                if let Some(column) = &mut column {
                    column.computed = computed;
                }
            } else {
                reader.skip();
            }
        }
    }

    /// Reads on behind REFERENCES.
    fn read_reference(&mut self, reader: &mut Reader<'_, '_>, name: String, columns: Vec<String>) {
        let Some(table) = reader.name() else { return };
        reader.group();
        let mut matching = None;
        loop {
            if reader.take(&["ON"]) {
                // What it does is a pragma's to say.
                reader.next();
                if !reader.take(&["NO", "ACTION"]) && !reader.take(&["SET", "NULL"]) && !reader.take(&["SET", "DEFAULT"]) {
                    reader.next();
                }
            } else if reader.take(&["MATCH"]) {
                matching = reader.name();
            } else {
                break;
            }
        }
        self.foreign_keys.push(ForeignKeyText { name, columns, table, matching, deferred: false });
    }

    fn set_deferred(&mut self, deferred: bool) {
        if let Some(key) = self.foreign_keys.last_mut() {
            key.deferred = deferred;
        }
    }
}

impl ForeignKeyText {
    /// What stands behind the key.
    pub(super) fn options(&self) -> Option<String> {
        let matching = self.matching.as_ref().map(|name| format!("MATCH {}", name.to_uppercase()));
        let deferred = self.deferred.then(|| "DEFERRABLE INITIALLY DEFERRED".to_owned());
        matching.into_iter().chain(deferred).reduce(|options, option| format!("{options} {option}"))
    }
}

/// The columns of a key: of each part its name, without a collation and an order.
fn names(group: &[Token<'_>]) -> Vec<String> {
    reader::parts(group).into_iter().filter_map(|part| Reader::new(reader::bare(part)).rest().iter().find_map(Token::name)).collect()
}

/// Takes `ON CONFLICT`, if it is there, and gives it where it is not what SQLite does anyway.
fn conflict(reader: &mut Reader<'_, '_>) -> Option<String> {
    if !reader.take(&["ON", "CONFLICT"]) {
        return None;
    }
    let resolution = reader.name()?.to_uppercase();
    (resolution != "ABORT").then(|| format!("ON CONFLICT {resolution}"))
}
