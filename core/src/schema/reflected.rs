//! Tables of what a database was found to have, for statements without a model.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::{Column, Index, OwnType, Table};
use crate::BindKey;
use crate::definition::{ColumnDefinition, Generation, TableDefinition, ViewDefinition};
use crate::engine::{Dialect, Family};
use crate::value::SqlType;

impl TableDefinition {
    /// A table that statements can be about, though nobody declared it: its columns with their types, its keys and its indexes. It is not registered.
    ///
    /// It lives as long as the program: the same definition on the same bind is kept once, and asking for it again gives the same table.
    ///
    /// A column whose type bindery doesn't know takes values of any Rust type, of which the server decides; one of a server's own number is read as any number.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let (auth, engine) = (databases.reflect("auth").await?, databases.engine("auth")?);
    /// let users = auth.table("users").unwrap().to_table(BindKey::from_static("auth"), engine.dialect());
    /// let email = users.col::<String>("email");
    /// let ada = session.one(users.select().filter(email.eq("ada@example.org"))).await?;
    /// assert_eq!(ada.get::<i64>("id")?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_table(&self, bind: BindKey, dialect: &Dialect) -> &'static Table {
        let key: &[String] = self.primary_key.as_ref().map_or(&[], |key| &key.columns);
        let mut table = to_table(&self.name, &self.columns, key, self.table_collation(), bind, dialect);
        if let Some(primary) = &self.primary_key {
            let name = (dialect.family() != Family::MySql).then_some(primary.name.as_str());
            table = table.primary_key_as(name, primary.columns.iter().map(|name| name.clone().into()).collect());
        }
        for unique in &self.uniques {
            table = table.unique(Some(&unique.name), unique.columns.iter().map(|name| name.clone().into()).collect());
        }
        for definition in &self.indexes {
            let mut index = Index::over(definition.parts.iter().cloned()).named(&definition.name);
            index.unique = definition.unique;
            index.filter = definition.filter.clone().map(Into::into);
            table = table.add_index(index);
        }
        kept(table)
    }

    /// The collation of its columns that have none of their own, where the table has one: on MySQL.
    pub(crate) fn table_collation(&self) -> Option<&str> {
        self.options.as_deref()?.split(' ').find_map(|option| option.strip_prefix("COLLATE="))
    }
}

impl ViewDefinition {
    /// The same for a view, to read from. What is written to it is the server's to take or to refuse.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// session.execute(raw("auth", "create view addresses as select email from users")).await?;
    /// let (auth, engine) = (databases.reflect("auth").await?, databases.engine("auth")?);
    /// let addresses = auth.view("addresses").unwrap().to_table(BindKey::from_static("auth"), engine.dialect());
    /// assert_eq!(session.all(addresses.select()).await?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_table(&self, bind: BindKey, dialect: &Dialect) -> &'static Table {
        kept(to_table(&self.name, &self.columns, &[], None, bind, dialect))
    }
}

fn to_table(name: &str, columns: &[ColumnDefinition], key: &[String], collation: Option<&str>, bind: BindKey, dialect: &Dialect) -> Table {
    let columns = columns.iter().map(|definition| {
        let column = to_column(definition, definition.collation.as_deref().or(collation), dialect);
        if key.contains(&definition.name) { column.primary_key() } else { column }
    });
    Table::new(name.to_owned(), bind).columns_from(columns)
}

fn to_column(definition: &ColumnDefinition, collation: Option<&str>, dialect: &Dialect) -> Column {
    let own = definition.sql_type.and_then(|sql_type| OwnType::of(definition, sql_type, collation, dialect));
    let sql_type = definition.sql_type.unwrap_or_else(|| SqlType::Other(kept_name(&definition.type_name)));
    let mut column = Column::new(definition.name.clone(), sql_type);
    match own {
        Some(own) => {
            column = own.max_length.map_or(column.clone(), |length| column.max_length(length));
            column = own.decimal.map_or(column.clone(), |(precision, scale)| column.decimal(precision, scale));
        }
        None => column = column.type_override(definition.type_name.clone()),
    }
    if definition.nullable {
        column = column.nullable();
    }
    if let Some(default) = &definition.default {
        column = column.sql_default(default.clone());
    }
    match &definition.generation {
        Some(Generation::Computed { sql, stored: true }) => column.computed(sql.clone()),
        Some(Generation::Computed { sql, stored: false }) => column.computed_when_read(sql.clone()),
        Some(Generation::Identity | Generation::AlwaysIdentity | Generation::Serial) => column.generated(),
        None => column,
    }
}

/// The table that is kept and says the same, or this one from now on.
fn kept(table: Table) -> &'static Table {
    type Kept = HashMap<(BindKey, String), Vec<&'static Table>>;
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let alike = kept.entry((table.bind(), table.name().to_owned())).or_default();
    if let Some(known) = alike.iter().find(|known| ***known == table) {
        return known;
    }
    let table: &'static Table = Box::leak(Box::new(table));
    alike.push(table);
    table
}

/// The name of a type that only the server knows, kept once.
fn kept_name(name: &str) -> &'static str {
    static KEPT: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    kept.insert(name);
    name
}
