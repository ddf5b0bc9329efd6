use std::borrow::Cow;

use super::node::{Node, Owner};
use super::selection::Listed;
use super::{Insert, Selection};
use crate::schema::{Model, Table};
use crate::{AnyBind, Error, ErrorKind};

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
    fn of(mut insert: Insert<M>, listed: Vec<Listed>) -> Self {
        let key = insert.names_of(listed);
        let table = Insert::table(&insert);
        let unique = |columns: &[Cow<'static, str>]| is_same_key(&key, columns.iter().map(AsRef::as_ref));
        if !is_same_key(&key, table.primary_key()) && !table.uniques().iter().any(|index| unique(&index.columns)) {
            let message =
                "a conflict is one of the primary key or of a unique constraint: name all columns of one, as the table declares it";
            insert.fail(Error::new(ErrorKind::InvalidStatement, message));
        }
        OnConflict { insert, key }
    }

    /// The row that is there stays as it is, and the new one is left out.
    pub fn do_nothing(self) -> Insert<M> {
        self.insert.with_conflict(Conflict { key: self.key, update: Vec::new() })
    }

    fn update(mut self, listed: Vec<Listed>) -> Insert<M> {
        let update = self.insert.names_of(listed);
        self.insert.with_conflict(Conflict { key: self.key, update })
    }
}

impl<M: Model> OnConflict<M> {
    /// The row that is there gets the new one's values in these columns, and keeps its others.
    ///
    /// Two rows of one key in one insert are an error on PostgreSQL, and the second one counts on SQLite and MySQL.
    pub fn do_update<S: Selection<M::Bind>>(self, columns: S) -> Insert<M> {
        self.update(columns.into_listed())
    }
}

impl OnConflict<Table> {
    /// The row that is there gets the new one's values in these columns, and keeps its others.
    pub fn do_update<S: Selection<AnyBind>>(self, columns: S) -> Insert<Table> {
        self.update(columns.into_listed())
    }
}

impl<M: Model> Insert<M> {
    /// What becomes of a row for which these columns, the primary key or those of a unique constraint, have values that are there already.
    /// A row that conflicts in another key stays the error that it is.
    ///
    /// MySQL can't tell one key from another: where rows could conflict in one that isn't named, it is
    /// [`ErrorKind::Unsupported`] there. Nor can it tell how many rows there were: [`Executed::rows_affected`](crate::engine::Executed) is `None`.
    pub fn on_conflict<S: Selection<M::Bind>>(self, key: S) -> OnConflict<M> {
        OnConflict::of(self, key.into_listed())
    }
}

impl Insert<Table> {
    /// What becomes of a row for which these columns, the primary key or those of a unique constraint, have values that are there already.
    pub fn on_conflict<S: Selection<AnyBind>>(self, key: S) -> OnConflict<Table> {
        OnConflict::of(self, key.into_listed())
    }
}

impl<M> Insert<M> {
    /// The names of columns of its table.
    fn names_of(&mut self, listed: Vec<Listed>) -> Vec<Cow<'static, str>> {
        let table = Insert::table(self);
        let mut names = Vec::with_capacity(listed.len());
        for Listed { node, .. } in listed {
            match node {
                Node::Column(Owner::Main, name) if table.find_column(&name).is_some() => names.push(name),
                Node::Column(Owner::Table(bind, owner), name) if bind == table.bind() && owner == table.name() => names.push(name),
                Node::Invalid(mistake) => self.fail(mistake.error()),
                _ => {
                    self.fail(Error::new(ErrorKind::InvalidStatement, "a conflict names columns of the table that rows are inserted into"))
                }
            }
        }
        names
    }
}
