//! Creating and dropping the tables of binds.

use std::collections::BTreeSet;

use super::binds::Binds;
use super::databases::{Bound, Databases};
use crate::Result;
use crate::ddl;
use crate::engine::{Effect, Engine, Lease, Statement, TransactionOptions};
use crate::schema::{define, define_unchecked};

#[derive(Clone, Copy)]
enum Change {
    Create,
    Drop,
}

impl<E: Engine + ?Sized> Databases<E> {
    /// Creates the tables of these binds that are not there yet, with their keys, indexes, checks and enumerations, each after those that
    /// it refers to. Tables that are there stay as they are: changing them is the job of migrations. Run twice, it does nothing the second
    /// time.
    ///
    /// Where a server reads checks and does not keep them (MySQL before 8.0.16), the tables are without them:
    /// [`Capabilities::check_constraints`](crate::engine::Capabilities::check_constraints).
    ///
    /// Where the backend's DDL takes part in transactions (SQLite, PostgreSQL) a bind gets all of its tables or none.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// databases.drop_all(["default", "auth"]).await?;
    /// databases.create_all("auth").await?; // one bind
    /// databases.create_all(All).await?; // and whatever is missing on any
    /// assert_eq!(databases.session().count(User::select()).await?, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`](crate::ErrorKind::UnknownBind) for a key that is not configured, before anything is created on any bind;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a table that the backend can't have (on SQLite, a generated column
    /// that is not the whole primary key; see [`Table::definition`](crate::schema::Table::definition)); what the server says. Binds before
    /// the failing one, in the order of the configuration, have their tables.
    pub async fn create_all(&self, binds: impl Binds) -> Result<()> {
        self.change(&binds, Change::Create).await
    }

    /// Drops the tables of these binds that are there, each before those that it refers to, with their rows, and then their enumerations.
    /// Tables that bindery doesn't know stay.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// databases.drop_all("auth").await?;
    /// assert_eq!(databases.session().count(User::select()).await.unwrap_err().kind(), ErrorKind::Sql);
    /// assert_eq!(databases.session().count(Post::select()).await?, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`create_all`](Databases::create_all); a table that another table outside of bindery refers to is refused by the server, and so
    /// is an enumeration that one uses.
    pub async fn drop_all(&self, binds: impl Binds) -> Result<()> {
        self.change(&binds, Change::Drop).await
    }

    async fn change(&self, binds: &impl Binds, change: Change) -> Result<()> {
        for bound in self.chosen(binds)? {
            if bound.metadata.tables().len() > 0 {
                let changed = bound.change(change).await;
                changed.map_err(|error| {
                    error.on_bind(bound.key).in_step(match change {
                        Change::Create => "create tables",
                        Change::Drop => "drop tables",
                    })
                })?;
            }
        }
        Ok(())
    }
}

impl<E: Engine + ?Sized> Bound<E> {
    async fn change(&self, change: Change) -> Result<()> {
        let mut lease = self.acquire(Effect::Write).await?;
        let in_transaction = lease.capabilities()?.transactional_ddl;
        if in_transaction {
            lease.begin(&TransactionOptions::default()).await?;
        }
        let dialect = self.engine.dialect();
        let present = names(&mut lease, dialect.list_tables()).await?;
        let enumerated = self.metadata.tables().any(|table| table.columns().iter().any(|column| column.get_enumeration().is_some()));
        let enumerations = match dialect.list_enumerations().filter(|_| enumerated) {
            Some(sql) => names(&mut lease, sql).await?,
            None => BTreeSet::new(),
        };
        let statements = match change {
            Change::Create => {
                let mut missing = define(&self.metadata.tables().collect::<Vec<_>>(), dialect)?;
                missing.tables.retain(|table| !present.contains(&table.name));
                missing.enumerations.retain(|enumeration| !enumerations.contains(&enumeration.name));
                ddl::create(dialect, &missing)
            }
            Change::Drop => {
                let tables: Vec<_> = self.metadata.tables().filter(|table| present.contains(table.name())).collect();
                let mut there = define_unchecked(&tables, dialect);
                there.enumerations.retain(|enumeration| enumerations.contains(&enumeration.name));
                ddl::drop(dialect, &there)
            }
        };
        for sql in &statements {
            // On an error the lease is dropped, and its transaction rolled back.
            lease.execute(&Statement::new(sql, &[], Effect::Write)).await?;
        }
        if in_transaction { lease.commit().await } else { Ok(()) }
    }
}

async fn names(lease: &mut Lease, sql: &str) -> Result<BTreeSet<String>> {
    Ok(lease.all(sql).await?.into_iter().collect())
}
