use std::sync::Arc;

use bindery_core::engine::ColumnInfo;
use hashlink::LruCache;
use mysql_async::{Column, Statement};

use crate::row_cells::{Decoder, columns};
use crate::statement_kind::may_replace;

/// What one connection knows of the statements that it ran last, up to a number.
///
/// The client library has such a cache too, and looks through the whole text each time before it asks that: which took longer than a
/// short read's way through bindery.
pub(crate) struct StatementCache {
    statements: LruCache<Box<str>, Prepared>,
}

/// A statement that the server has prepared.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    /// Whether it may put rows in the place of others.
    pub(crate) may_replace: bool,
    /// What its last result was like.
    shape: Option<Shape>,
}

/// The columns of a result, and how they are read.
#[derive(Clone)]
pub(crate) struct Shape {
    columns: Arc<[Column]>,
    pub(crate) infos: Arc<[ColumnInfo]>,
    pub(crate) decoders: Arc<[Decoder]>,
}

impl Prepared {
    pub(crate) fn new(statement: Statement, sql: &str) -> Self {
        Prepared { statement, may_replace: may_replace(sql), shape: None }
    }

    /// That of a result of these columns: the last one's, unless a table was altered since.
    pub(crate) fn known_shape(&self, columns: &Arc<[Column]>) -> Option<&Shape> {
        self.shape.as_ref().filter(|shape| Arc::ptr_eq(&shape.columns, columns) || shape.columns == *columns)
    }
}

impl Shape {
    pub(crate) fn of(found: Arc<[Column]>) -> Self {
        let (infos, decoders) = columns(&found);
        Shape { columns: found, infos, decoders }
    }
}

impl StatementCache {
    pub(crate) fn new(size: usize) -> Self {
        StatementCache { statements: LruCache::new(size) }
    }

    /// Whether it keeps nothing.
    pub(crate) fn is_off(&self) -> bool {
        self.statements.capacity() == 0
    }

    pub(crate) fn get(&mut self, sql: &str) -> Option<Prepared> {
        self.statements.get(sql).cloned()
    }

    /// Keeps one, and gives back the one that has to go for it.
    pub(crate) fn insert(&mut self, sql: &str, prepared: Prepared) -> Option<Statement> {
        if self.is_off() {
            return None;
        }
        let is_full = self.statements.len() == self.statements.capacity();
        let oldest = if is_full { self.statements.remove_lru() } else { None };
        self.statements.insert(sql.into(), prepared);
        oldest.map(|(_, prepared)| prepared.statement)
    }

    /// Forgets one that the server no longer has.
    pub(crate) fn forget(&mut self, sql: &str) {
        self.statements.remove(sql);
    }

    /// Notes what a statement's result was like.
    pub(crate) fn set_shape(&mut self, sql: &str, shape: Shape) {
        if let Some(prepared) = self.statements.get_mut(sql) {
            prepared.shape = Some(shape);
        }
    }
}
