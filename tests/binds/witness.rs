//! The independent witness: SQLite's own client, on the files.

use bindery_testkit::TempSqlite;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::models::{BINDS, World};

impl World {
    /// Does this in a bind's file, without bindery.
    pub(crate) fn execute_apart(&self, bind: &str, sql: &str) {
        Connection::open(self.files.path(bind)).unwrap().execute_batch(sql).unwrap();
    }

    /// The rows of a table in a bind's file.
    pub(crate) fn rows(&self, bind: &str, table: &str) -> Vec<String> {
        rows(&self.files, bind, table)
    }

    /// The names of the tables in a bind's file; none where there is no file.
    pub(crate) fn tables(&self, bind: &str) -> Vec<String> {
        query(&self.files, bind, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    }

    /// The rows are in the file of this bind, and in no other bind's.
    pub(crate) fn assert_only_on(&self, bind: &str, table: &str, expected: &[&str]) {
        let found = self.rows(bind, table);
        for row in expected {
            assert!(found.iter().any(|found| found == row), "`{bind}.{table}` lacks {row}: it has {found:?}");
        }
        for other in BINDS.into_iter().filter(|other| *other != bind) {
            let strays: Vec<_> = self.rows(other, table).into_iter().filter(|row| expected.contains(&row.as_str())).collect();
            assert!(strays.is_empty(), "`{other}.{table}` has rows that belong to `{bind}`: {strays:?}");
        }
    }
}

/// The rows of a table, each with its values joined by `|`; none where there is no file, or no such table in it.
pub(crate) fn rows(files: &TempSqlite, bind: &str, table: &str) -> Vec<String> {
    let there = query(files, bind, &format!("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{table}'"));
    if there.is_empty() { Vec::new() } else { query(files, bind, &format!("SELECT * FROM \"{table}\" ORDER BY 1")) }
}

/// The rows of a query, each with its values joined by `|`; none where there is no file.
pub(crate) fn query(files: &TempSqlite, bind: &str, sql: &str) -> Vec<String> {
    let path = files.path(bind);
    if !path.exists() {
        return Vec::new();
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        let values = (0..width).map(|column| {
            Ok(match row.get_ref(column)? {
                ValueRef::Null => "NULL".to_owned(),
                ValueRef::Integer(value) => value.to_string(),
                ValueRef::Real(value) => value.to_string(),
                ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
            })
        });
        Ok(values.collect::<rusqlite::Result<Vec<_>>>()?.join("|"))
    });
    rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
}
