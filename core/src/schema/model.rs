use super::{Column, Columns, ColumnsOf, Table};
use crate::engine::{FromRow, Row};
use crate::value::{Scalar, Value};
use crate::{BindName, Result};

/// What the derive gives a struct whose fields are columns: a model, or an abstract base of models. Not to be implemented by hand.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::schema::Fields;
///
/// assert_eq!(Tag::NAMES, ["post", "name"]);
/// assert_eq!(Tag::TABLE, Some("tags")); // `None` for an abstract base
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a base of models", note = "add #[derive(Model)] #[model(abstract)] to it")]
pub trait Fields: Columns + Values {
    /// The bind: its own, else its base's, else `default`.
    type Bind: BindName;
    /// The table; `None` for an abstract base.
    const TABLE: Option<&'static str>;
    /// How many columns, those of its bases included.
    const WIDTH: usize;
    /// The names of the columns, those of its bases included.
    const NAMES: &'static [&'static str];
    /// The part of a primary key that it brings: a [`Key`], or `()` for an abstract base without one.
    type KeyPart;
    /// It without its generated columns, as a child's `New…` holds it: `NewAudited` for `Audited`.
    type NewPart: Values;

    /// The columns in the order of the fields, a base's where its field stands.
    fn columns() -> Vec<Column>;

    /// Makes it from the cells of a row, the first of them at `offset`.
    fn from_row_at(row: &Row<'_>, offset: usize) -> Result<Self>
    where
        Self: Sized;

    /// The part of a primary key that it brings.
    fn key_part(&self) -> Self::KeyPart;
}

/// A struct that is a row of a [`Table`]. Implemented by `#[derive(Model)]`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::schema::Model as _; // the derive of this name is in the prelude, the trait is not
///
/// /// Code for any model.
/// async fn export<M: bindery::schema::Model>(session: &Session) -> bindery::Result<usize> {
///     Ok(session.all(M::select()).await?.len())
/// }
/// assert_eq!(export::<Post>(&session).await?, 3);
/// assert_eq!(Post::table().name(), "posts");
/// assert_eq!(Tag { post: 1, name: "new".into() }.key(), (1, "new".to_owned()));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a model", note = "add #[derive(Model)], without `abstract`")]
pub trait Model: Fields + ColumnsOf<Self> + FromRow {
    /// The table's name.
    const NAME: &'static str;
    /// The primary key: the type of its column, or a tuple where there are several.
    type Key: Key;
    /// The model without its generated columns: `NewUser` for `User`.
    type New: Insertable<Model = Self>;

    /// The table.
    fn table() -> &'static Table;

    /// The primary key of this row.
    fn key(&self) -> Self::Key;
}

/// Column values in the order of the columns. Implemented by `#[derive(Model)]` for the model and its `New…`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::schema::Values;
/// use bindery::value::Value;
///
/// let mut values = Vec::new();
/// NewUser::new("eve@example.org".into()).into_values(&mut values)?;
/// assert_eq!(values, [None, Some(Value::Text("eve@example.org".into())), Some(Value::Null)]); // the id is the server's
/// # Ok(())
/// # }
/// ```
pub trait Values: Sized + Send + Sync + 'static {
    /// Appends one entry for each column; `None` leaves the column to the server: generated, or its default.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidValue`](crate::ErrorKind::InvalidValue), with the column, where a value can't be carried.
    fn into_values(self, values: &mut Vec<Option<Value>>) -> Result<()>;
}

/// What can be inserted: a model with all its columns, or its `New…` without the generated ones. Implemented by
/// `#[derive(Model)]`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::schema::Insertable;
///
/// async fn import<T: Insertable>(session: &Session, rows: Vec<T>) -> bindery::Result<usize> {
///     Ok(session.insert_many(rows).await?.len())
/// }
/// assert_eq!(import(&session, vec![NewUser::new("eve@example.org".into())]).await?, 1);
/// assert_eq!(import(&session, vec![Tag { post: 2, name: "new".into() }]).await?, 1);
/// # Ok(())
/// # }
/// ```
pub trait Insertable: Values {
    /// The model that it becomes.
    type Model: Model;
}

/// Appends the value of one column.
pub fn push_value<T: Scalar>(values: &mut Vec<Option<Value>>, value: T, column: &'static str) -> Result<()> {
    values.push(Some(value.into_value().map_err(|error| error.at_column(column))?));
    Ok(())
}

/// Appends the value of a column with a default of the server's: `None` leaves it to that.
pub fn push_default<T: Scalar>(values: &mut Vec<Option<Value>>, value: Option<T>, column: &'static str) -> Result<()> {
    match value {
        Some(value) => push_value(values, value, column),
        None => {
            values.push(None);
            Ok(())
        }
    }
}

/// Reads one field of a model, whose column is known by name even where the result's is not.
pub fn read_field<T: Scalar>(row: &Row<'_>, index: usize, column: &'static str) -> Result<T> {
    row.get(index).map_err(|error| error.at_column(column))
}

/// The column names of a struct: its own and its bases', in order. In a constant, two that are alike are a compile error.
#[allow(clippy::panic)] // in a constant this is how a compile error is made
pub const fn join_names<const WIDTH: usize>(parts: &[&[&'static str]]) -> [&'static str; WIDTH] {
    let mut names = [""; WIDTH];
    let (mut part, mut filled) = (0, 0);
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            let mut before = 0;
            while before < filled {
                if same(names[before], parts[part][i]) {
                    panic!("a column has the name of a column of its base: rename one with #[column(name = \"…\")]");
                }
                before += 1;
            }
            names[filled] = parts[part][i];
            (i, filled) = (i + 1, filled + 1);
        }
        part += 1;
    }
    names
}

/// `==` of strings, in a constant.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// A primary key: the [`Scalar`] of its one column, or a tuple of two to six in the order of the columns.
///
/// ```
/// use bindery::{schema::Key, value::Value};
///
/// assert_eq!(Key::into_values(7_i64)?, [Value::I64(7)]);
/// assert_eq!(Key::into_values((7_i64, "engines".to_owned()))?, [Value::I64(7), Value::Text("engines".into())]);
/// # Ok::<(), bindery::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a primary key",
    label = "neither this base nor the model has a primary key of one to six columns",
    note = "mark a column with #[column(primary_key)], in the model or in a base"
)]
pub trait Key: Send + Sync + 'static {
    /// The values, in the order of the key's columns.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidValue`](crate::ErrorKind::InvalidValue) where a value can't be carried.
    fn into_values(self) -> Result<Vec<Value>>;
}

impl<T: Scalar> Key for T {
    fn into_values(self) -> Result<Vec<Value>> {
        Ok(vec![self.into_value()?])
    }
}

/// What names a row by its key: the key, or a `&str` for a `String`. Not `Into`, which would leave a literal's type open: so
/// `get::<User>(1)` takes the 1 as whatever integer the key is.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a `{K}`, which is the primary key", label = "not the primary key")]
pub trait IntoKey<K> {
    /// The key.
    fn into_key(self) -> K;
}

impl<K: Key> IntoKey<K> for K {
    fn into_key(self) -> K {
        self
    }
}

impl IntoKey<String> for &str {
    fn into_key(self) -> String {
        self.to_owned()
    }
}

/// Joins the parts of a primary key that a model and its bases bring, from left to right.
#[diagnostic::on_unimplemented(
    message = "the parts `{Self}` and `{Part}` don't make a primary key",
    note = "a primary key has at most six columns, and a base that brings several of them stands before the other columns of the key"
)]
pub trait JoinKey<Part> {
    /// The key with this part.
    type Joined;

    /// Joins them.
    fn join_key(self, part: Part) -> Self::Joined;
}

impl JoinKey<()> for () {
    type Joined = ();

    fn join_key(self, (): ()) {}
}

impl<T: Key> JoinKey<T> for () {
    type Joined = T;

    fn join_key(self, part: T) -> T {
        part
    }
}

impl<T: Key> JoinKey<()> for T {
    type Joined = T;

    fn join_key(self, (): ()) -> T {
        self
    }
}

impl<T: Scalar, U: Scalar> JoinKey<U> for T {
    type Joined = (T, U);

    fn join_key(self, part: U) -> (T, U) {
        (self, part)
    }
}

macro_rules! composite_keys {
    ($($($ty:ident $index:tt),+;)+) => {$(
        impl<$($ty: Scalar),+> Key for ($($ty,)+) {
            fn into_values(self) -> Result<Vec<Value>> {
                Ok(vec![$(self.$index.into_value()?),+])
            }
        }
    )+};
}

composite_keys! {
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}

macro_rules! longer_keys {
    ($($($ty:ident $index:tt),+;)+) => {$(
        impl<$($ty: Scalar,)+ Part: Scalar> JoinKey<Part> for ($($ty,)+) {
            type Joined = ($($ty,)+ Part);

            fn join_key(self, part: Part) -> Self::Joined {
                ($(self.$index,)+ part)
            }
        }
    )+};
}

longer_keys! {
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
}
