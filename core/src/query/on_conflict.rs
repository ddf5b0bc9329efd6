use std::borrow::Cow;

use super::node::{Node, Owner};
use super::{ColumnList, Insert};
use crate::schema::Column;
use crate::{Error, ErrorKind};

/// An INSERT of which it is still to be said what becomes of a row whose key is there already: [`Insert::on_conflict`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let ada = || NewUser { email: "ada@example.org".into(), name: Some("Countess".into()) };
/// let kept = session.execute(User::insert([ada()]).on_conflict(User::email).do_nothing()).await?;
/// assert_eq!(kept.rows_affected, Some(0)); // she is there
///
/// session.execute(User::insert([ada()]).on_conflict(User::email).do_update(User::name)).await?;
/// assert_eq!(session.one(User::select().filter(User::id.eq(1))).await?.name.as_deref(), Some("Countess"));
/// # Ok(())
/// # }
/// ```
#[must_use = "what becomes of the row is still to be said: `do_nothing`, or `do_update`"]
pub struct OnConflict<M> {
    insert: Insert<M>,
    key: Vec<Cow<'static, str>>,
}

/// What becomes of a row whose key is there already.
pub(crate) struct Conflict {
    /// The columns of the primary key or of a unique constraint.
    pub(crate) key: Vec<Cow<'static, str>>,
    /// The columns that get the new row's values; none where the row that is there stays as it is.
    pub(crate) update: Vec<Cow<'static, str>>,
}

/// Whether these are the columns of a key, in whatever order.
pub(crate) fn is_same_key<'a>(key: &[Cow<'static, str>], columns: impl Iterator<Item = &'a str>) -> bool {
    let mut number = 0;
    let same = columns.inspect(|_| number += 1).all(|column| key.iter().any(|name| name == column));
    same && number == key.len() && number > 0
}

impl<M> OnConflict<M> {
    /// The row that is there stays as it is, and the new one is left out.
    pub fn do_nothing(self) -> Insert<M> {
        self.insert.with_conflict(Conflict { key: self.key, update: Vec::new() })
    }

    /// The row that is there gets the new one's values in these columns, and keeps its others; a version that isn't one of them is counted on.
    ///
    /// Two rows of one key in one insert are an error on PostgreSQL, and the second one counts on SQLite and MySQL.
    pub fn do_update(mut self, columns: impl ColumnList<M>) -> Insert<M> {
        let update = self.insert.given_names_of(columns.into_nodes());
        self.insert.with_conflict(Conflict { key: self.key, update })
    }
}

impl<M> Insert<M> {
    /// What becomes of a row for which these columns, the primary key or those of a unique constraint, have values that are there already; a unique
    /// index over whole columns of all rows is as good as a constraint. A row that conflicts in another key stays the error that it is.
    ///
    /// MySQL can't tell one key from another: where rows could conflict in one that isn't named, it is
    /// [`ErrorKind::Unsupported`] there. Nor can it tell how many rows there were: [`Executed::rows_affected`](crate::engine::Executed) is `None`.
    pub fn on_conflict(mut self, key: impl ColumnList<M>) -> OnConflict<M> {
        let key = self.names_of(key.into_nodes());
        let table = Insert::table(&self);
        if !table.keys().any(|(_, columns)| is_same_key(&key, columns.into_iter())) {
            let message =
                "a conflict is one of the primary key or of a unique constraint: name all columns of one, as the table declares it";
            self.fail(Error::new(ErrorKind::InvalidStatement, message));
        }
        OnConflict { insert: self, key }
    }

    /// The same, the primary key or unique constraint told by its name, as the table declares it: `pk_users`, `uq_users_email`, or the name
    /// that was given.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let ada = NewUser::new("ada@example.org".into());
    /// session.execute(User::insert([ada]).on_conflict_of("uq_users_email").do_nothing()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_conflict_of(mut self, constraint: &str) -> OnConflict<M> {
        let table = Insert::table(&self);
        let key = match table.keys().find(|(name, _)| name == constraint) {
            Some((_, columns)) => columns.into_iter().map(Cow::Borrowed).collect(),
            None => {
                let names: Vec<_> = table.keys().map(|(name, _)| format!("`{name}`")).collect();
                let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let message = format!("the table declares no key or unique constraint `{constraint}`: it has {has}");
                self.fail(Error::new(ErrorKind::InvalidStatement, message));
                Vec::new()
            }
        };
        OnConflict { insert: self, key }
    }

    /// The names of columns of its table that are given values.
    pub(super) fn given_names_of(&mut self, columns: Vec<Node>) -> Vec<Cow<'static, str>> {
        let names = self.names_of(columns);
        let mut columns = names.iter().filter_map(|name| Insert::table(self).find_column(name));
        if let Err(error) = columns.try_for_each(Column::check_is_given) {
            self.fail(error);
        }
        names
    }

    /// The names of columns of its table.
    pub(super) fn names_of(&mut self, columns: Vec<Node>) -> Vec<Cow<'static, str>> {
        let table = Insert::table(self);
        let mut names = Vec::with_capacity(columns.len());
        for node in columns {
            match node {
                Node::Column(Owner::Main, name) if table.find_column(&name).is_some() => names.push(name),
                Node::Column(Owner::Table(bind, owner), name) if bind == table.bind() && owner == table.name() => names.push(name),
                Node::Invalid(mistake) => self.fail(mistake.error()),
                _ => self.fail(Error::new(ErrorKind::InvalidStatement, "an insert names columns of the table that rows are inserted into")),
            }
        }
        if let Some((_, twice)) = names.iter().enumerate().find(|(place, name)| names[..*place].contains(name)) {
            self.fail(Error::new(ErrorKind::InvalidStatement, "the insert names the column twice").at_column(twice.clone()));
        }
        names
    }
}
