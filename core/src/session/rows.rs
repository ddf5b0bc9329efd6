//! Verbs that change the one row that a model is.

use super::session::Session;
use super::verbs::located;
use crate::engine::{ColumnInfo, Engine, Row};
use crate::query::{ByModel, Change};
use crate::schema::{Column, Model};
use crate::{Error, ErrorKind, Result};

impl<E: Engine + ?Sized> Session<E> {
    /// Writes a whole model to the row of its key: all its columns, but for those that the server generates. With a `#[column(version)]` the row must
    /// have the model's version still, and gets the next one: who has read an older one changes nothing. The model is given back as it was
    /// written, with that version; nothing is read, but where the server computes columns. After a rollback, the version before counts again.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let mut post = session.get::<Post>(1).await?.unwrap();
    /// post.title = "Notes, revised".into();
    /// let post = session.update(post).await?;
    ///
    /// let error = session.update(Post { id: 99, ..post }).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotFound);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Session::execute); [`ErrorKind::NotFound`] where no row has the key, [`ErrorKind::Stale`] where none has the key and
    /// the version, [`ErrorKind::InvalidStatement`] for a table whose every column is of its key.
    pub async fn update<M: Model>(&self, row: M) -> Result<M> {
        let at_table = |error| located(error, Some(M::table()));
        let update = ByModel::new(row, Change::Update).map_err(at_table)?;
        // Before anything is sent: a version that has no next one in its type is not written.
        let values = update.updated().map_err(at_table)?;
        let columns = M::table().columns().iter().map(|column| ColumnInfo::new(column.name())).collect();
        let updated = M::from_row(&Row::new(&values, &columns)).map_err(at_table)?;
        self.change(&update).await?;
        if !M::table().columns().iter().any(Column::is_computed) {
            return Ok(updated);
        }
        let gone = || Error::new(ErrorKind::NotFound, "the row was updated, and another session has deleted it since");
        self.get::<M>(updated.key()).await?.ok_or_else(|| at_table(gone()).on_bind(M::table().bind()))
    }

    /// Deletes the row that a model is, by its key; with a `#[column(version)]`, if that is the row's still.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let tag = session.get::<Tag>((1, "engines".to_owned())).await?.unwrap();
    /// session.delete(tag).await?;
    /// assert_eq!(session.count(Tag::select()).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`update`](Session::update).
    pub async fn delete<M: Model>(&self, row: M) -> Result<()> {
        let delete = ByModel::new(row, Change::Delete).map_err(|error| located(error, Some(M::table())))?;
        self.change(&delete).await
    }

    async fn change<M: Model>(&self, change: &ByModel<M>) -> Result<()> {
        let rows = self.execute(change).await?.rows_affected;
        if rows.is_some_and(|rows| rows > 0) || (rows.is_none() && !ByModel::<M>::has_version()) {
            return Ok(());
        }
        let error = match ByModel::<M>::has_version() {
            true if rows.is_none() => Error::new(ErrorKind::Unsupported, "the server can't tell whether the row had the version still"),
            true => Error::new(ErrorKind::Stale, "the row was changed or deleted since it was read: read it again, and decide anew"),
            false => Error::new(ErrorKind::NotFound, "no row has this key"),
        };
        Err(located(error, Some(M::table())).on_bind(M::table().bind()))
    }
}
