//! What SQLite's pragmas say, as rows. They are asked as tables, for all tables at once, and without a database's name, which Turso does
//! not take: a connection that a pool gives has only `main`.

use crate::catalog::rows::rows;
use crate::engine::{Connection, FromRow, Param, Row};
use crate::value::ValueRef;
use crate::{ErrorKind, Result};

/// A row of `sqlite_schema`.
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) table: String,
    /// none of an index that belongs to a constraint
    pub(super) sql: Option<String>,
    pub(super) is_virtual: bool,
}

/// What `table_list` says of a table.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) without_rowid: bool,
    pub(super) strict: bool,
}

pub(super) struct Column {
    pub(super) table: String,
    pub(super) name: String,
    pub(super) type_name: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    /// its place in the primary key, from 1; or 0
    pub(super) key: i64,
    pub(super) computed: Computed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Computed {
    Not,
    Virtual,
    Stored,
}

/// One part of an index.
pub(super) struct IndexColumn {
    pub(super) table: String,
    pub(super) index: String,
    pub(super) unique: bool,
    /// what made it: `c` CREATE INDEX, `u` a unique constraint, `pk` a primary key
    pub(super) origin: String,
    /// none of an expression
    pub(super) name: Option<String>,
    pub(super) descending: bool,
    pub(super) collation: Option<String>,
}

/// One column of a foreign key.
pub(super) struct Reference {
    pub(super) table: String,
    pub(super) id: i64,
    pub(super) referred_table: String,
    pub(super) column: String,
    /// none where the primary key is referred to without being named
    pub(super) referred: Option<String>,
    pub(super) on_update: String,
    pub(super) on_delete: String,
}

impl FromRow for Object {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Object { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)?, is_virtual: row.get(4)? })
    }
}

impl FromRow for Listed {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Listed { name: row.get(0)?, kind: row.get(1)?, without_rowid: row.get(2)?, strict: row.get(3)? })
    }
}

impl FromRow for Column {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Column {
            table: row.get(0)?,
            name: row.get(1)?,
            type_name: row.get(2)?,
            not_null: row.get(3)?,
            default: row.get(4)?,
            key: row.get(5)?,
            computed: match row.get::<i64>(6)? {
                2 => Computed::Virtual,
                3 => Computed::Stored,
                _ => Computed::Not,
            },
        })
    }
}

impl FromRow for IndexColumn {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(IndexColumn {
            table: row.get(0)?,
            index: row.get(1)?,
            unique: row.get(2)?,
            origin: row.get(3)?,
            name: row.get(4)?,
            descending: row.get(5)?,
            collation: row.get(6)?,
        })
    }
}

impl FromRow for Reference {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Reference {
            table: row.get(0)?,
            id: row.get(1)?,
            referred_table: row.get(2)?,
            column: row.get(3)?,
            referred: row.get(4)?,
            on_update: row.get(5)?,
            on_delete: row.get(6)?,
        })
    }
}

pub(super) async fn objects(connection: &mut dyn Connection) -> Result<Vec<Object>> {
    let sql = "SELECT type, name, tbl_name, sql, type = 'table' AND coalesce(rootpage, 0) = 0 FROM sqlite_master \
               WHERE lower(substr(name, 1, 7)) <> 'sqlite_' ORDER BY name";
    rows(connection, sql, &[]).await
}

pub(super) async fn list(connection: &mut dyn Connection) -> Result<Vec<Listed>> {
    let sql = "SELECT name, type, wr, strict FROM pragma_table_list WHERE \"schema\" = 'main'";
    rows(connection, sql, &[]).await
}

/// The columns of all tables; not those of virtual ones, whose module may be missing here.
pub(super) async fn columns(connection: &mut dyn Connection) -> Result<Vec<Column>> {
    let sql = "SELECT t.name, c.name, coalesce(c.type, ''), c.\"notnull\" <> 0, c.dflt_value, c.pk, c.hidden \
               FROM sqlite_master t, pragma_table_xinfo(t.name) c \
               WHERE t.type = 'table' AND coalesce(t.rootpage, 0) <> 0 ORDER BY t.name, c.cid";
    rows(connection, sql, &[]).await
}

/// The columns of a view, by name and type; none where it can't be looked into any more, since what it reads from is gone.
pub(super) async fn view_columns(connection: &mut dyn Connection, view: &str) -> Result<Vec<(String, String)>> {
    let sql = "SELECT name, coalesce(type, '') FROM pragma_table_xinfo(?) ORDER BY cid";
    match rows(connection, sql, &[Param::new(ValueRef::Text(view), None)]).await {
        Err(error) if error.kind() == ErrorKind::Sql => Ok(Vec::new()),
        found => found,
    }
}

/// The parts of all indexes, those of constraints too.
pub(super) async fn indexes(connection: &mut dyn Connection) -> Result<Vec<IndexColumn>> {
    let sql = "SELECT t.name, i.name, i.\"unique\", i.origin, CASE WHEN x.cid >= 0 THEN x.name END, x.\"desc\", x.coll \
               FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) x \
               WHERE t.type = 'table' AND coalesce(t.rootpage, 0) <> 0 AND x.\"key\" = 1 ORDER BY t.name, i.name, x.seqno";
    rows(connection, sql, &[]).await
}

/// The columns of all foreign keys; of each table, in the order of its text.
pub(super) async fn references(connection: &mut dyn Connection) -> Result<Vec<Reference>> {
    let sql = "SELECT t.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete \
               FROM sqlite_master t, pragma_foreign_key_list(t.name) f \
               WHERE t.type = 'table' AND coalesce(t.rootpage, 0) <> 0 ORDER BY t.name, f.id DESC, f.seq";
    rows(connection, sql, &[]).await
}
