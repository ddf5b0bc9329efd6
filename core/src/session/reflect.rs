use super::databases::{Bound, Databases};
use crate::definition::DatabaseDefinition;
use crate::engine::{Catalog, Effect, Engine};
use crate::schema::Table;
use crate::{Error, ErrorKind, Result, ToBindKey};

impl<E: Engine + ?Sized> Databases<E> {
    /// What the database of a bind has, whoever made it: tables, columns, keys, indexes, constraints, views, comments. On PostgreSQL, in
    /// the current schema.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// let main = databases.reflect("default").await?;
    /// for column in &main.table("posts").unwrap().columns {
    ///     println!("{} {}{}", column.name, column.type_name, if column.nullable { "" } else { " not null" });
    /// }
    /// assert_eq!(main.table("tags").unwrap().foreign_keys[0].table, "posts");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`]; [`ErrorKind::Unsupported`] where the bind's engine has no catalog; what the server says.
    pub async fn reflect(&self, bind: impl ToBindKey) -> Result<DatabaseDefinition> {
        let (_, bound) = self.bound(bind.to_bind_key()?)?;
        let catalog = bound.catalog()?;
        bound.acquire(Effect::Read).await.map_err(|error| error.on_bind(bound.key))?.reflect(catalog).await
    }

    /// A table or view of the database of a bind, whoever made it, for statements without a model. The whole database is looked at: for several of its tables, take
    /// them from one [`reflect`](Databases::reflect), by [`to_table`](crate::definition::TableDefinition::to_table), which also says how long they live.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let users = databases.reflect_table("auth", "users").await?;
    /// session.execute(users.insert([users.col::<String>("email").to("eve@example.org")])).await?;
    /// for user in session.all(users.select()).await? {
    ///     println!("{}", user.get::<String>("email")?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`reflect`](Databases::reflect); [`ErrorKind::Schema`] where there is no such table.
    pub async fn reflect_table(&self, bind: impl ToBindKey, name: &str) -> Result<&'static Table> {
        let bind = bind.to_bind_key()?;
        let definition = self.reflect(bind).await?;
        let (_, bound) = self.bound(bind)?;
        let dialect = bound.engine.dialect();
        let table = definition.table(name).map(|table| table.to_table(bind, dialect));
        table.or_else(|| definition.view(name).map(|view| view.to_table(bind, dialect))).ok_or_else(|| {
            let message = "the database has no such table or view: names are compared as the catalog has them, letter by letter";
            Error::new(ErrorKind::Schema, message).on_bind(bind).at_table(name.to_owned())
        })
    }
}

impl<E: Engine + ?Sized> Bound<E> {
    /// What reflection and migrations ask of its engine.
    pub(crate) fn catalog(&self) -> Result<&dyn Catalog> {
        self.engine.catalog().ok_or_else(|| {
            let message = format!("this bind is {}, whose engine takes no part in reflection and migrations", self.engine.backend());
            Error::new(ErrorKind::Unsupported, message).on_bind(self.key)
        })
    }
}
