use std::collections::BTreeMap;

use super::Table;
use crate::BindKey;

/// The tables of one bind, by name: [`Databases::metadata`](crate::session::Databases::metadata).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// for table in databases.metadata("default")?.tables() {
///     println!("{}: {} columns", table.name(), table.columns().len());
/// }
/// assert!(databases.metadata("auth")?.table("users").is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Metadata {
    bind: BindKey,
    tables: BTreeMap<&'static str, &'static Table>,
}

impl Metadata {
    pub(crate) fn new(bind: BindKey) -> Self {
        Metadata { bind, tables: BTreeMap::new() }
    }

    /// Adds a table; gives back the one of the same name that stands there already, if that is another.
    pub(crate) fn add(&mut self, table: &'static Table) -> Option<&'static Table> {
        let before = *self.tables.entry(table.name()).or_insert(table);
        (!std::ptr::eq(before, table)).then_some(before)
    }

    /// The bind.
    pub fn bind(&self) -> BindKey {
        self.bind
    }

    /// The tables, sorted by name.
    pub fn tables(&self) -> impl ExactSizeIterator<Item = &'static Table> {
        self.tables.values().copied()
    }

    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&'static Table> {
        self.tables.get(name).copied()
    }
}
