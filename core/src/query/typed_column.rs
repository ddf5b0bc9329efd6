use std::borrow::Cow;
use std::marker::PhantomData;

use super::expression::Expression;
use super::node::{Node, Owner};
use super::{Alias, Assignable, Assignment, Expr};
use crate::schema::{ColumnOwner, Columns, Model, Reference, Table};
use crate::value::Scalar;
use crate::{AnyBind, BindName, Error, ErrorKind, SameDatabase};

/// A column of the model or abstract base `O` whose values are `V`: the associated constants that the derive makes,
/// `User::email`. What can be done with it is in [`Expression`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::query::TypedColumn;
///
/// let email: TypedColumn<User, String> = User::email;
/// assert_eq!(email.name(), "email");
/// let condition = User::email.eq("ada@example.org"); // a `String` is compared with text: `eq(5)` does not compile
/// # Ok(())
/// # }
/// ```
pub struct TypedColumn<O, V> {
    name: &'static str,
    types: PhantomData<fn() -> (O, V)>,
}

impl<O, V> TypedColumn<O, V> {
    /// The column of this name. The derive calls it.
    pub const fn new(name: &'static str) -> Self {
        TypedColumn { name, types: PhantomData }
    }

    /// The name in the database.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<O, V> Clone for TypedColumn<O, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O, V> Copy for TypedColumn<O, V> {}

impl<O: Columns, V: Scalar> TypedColumn<O, V> {
    /// This column gets a value: for [`Update::set`](super::Update::set). The value is a Rust value, an `Option` of one where the
    /// column allows NULL, or an expression.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let named = User::update().set(User::name.to("Ada")).filter(User::id.eq(1));
    /// let nameless = User::update().set(User::name.to(None::<String>)).filter(User::id.eq(2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn to<T: Assignable<V>>(self, value: T) -> Assignment<O>
    where
        O::ColumnBind: SameDatabase<T::Bind>,
    {
        Assignment::new(self.name.into(), value.into_assigned())
    }

    /// This column, of a table, subquery or CTE under an alias.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let other = User::alias("other");
    /// let same_name = User::select().join_alias(&other, User::name.of(&other).eq(User::name));
    /// # Ok(())
    /// # }
    /// ```
    pub fn of<R, B>(self, alias: &Alias<R, B>) -> Expr<V, B> {
        Expr::new(Node::Column(alias.source().owner(), self.name.into()))
    }

    /// This column of an abstract base, of one of its models: where a statement has several of them.
    ///
    /// ```
    /// use bindery::engine::Dialect;
    /// use bindery::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(abstract)]
    /// struct Dated { at: i64 }
    /// #[derive(Model)]
    /// struct Note { #[column(primary_key)] id: i64, #[model(inherits)] dated: Dated }
    /// #[derive(Model)]
    /// struct Reply { #[column(primary_key)] id: i64, #[column(references = Note::id)] note: i64, #[model(inherits)] dated: Dated }
    ///
    /// let quick = Note::select().join::<Reply>().filter(Dated::at.on::<Note>().eq(Dated::at.on::<Reply>()));
    /// assert!(quick.to_sql(&Dialect::sqlite())?.ends_with(r#"WHERE "note"."at" = "reply"."at""#));
    /// # Ok::<(), bindery::Error>(())
    /// ```
    pub fn on<M: Model>(self) -> Expr<V, M::Bind> {
        Expr::new(Node::Column(Owner::Table(M::Bind::KEY, M::NAME.into()), self.name.into()))
    }
}

impl<O: Columns, V: Scalar> Expression for TypedColumn<O, V> {
    type Value = V;
    type Bind = O::ColumnBind;

    fn into_expr(self) -> Expr<V, O::ColumnBind> {
        let owner = match O::OWNER {
            ColumnOwner::Table(bind, table) => Owner::Table(bind, table.into()),
            ColumnOwner::Base => Owner::Main,
            ColumnOwner::View(relation) => Owner::view(relation()),
        };
        Expr::new(Node::Column(owner, self.name.into()))
    }
}

/// A column of a bare [`Table`], whose values are said to be `V`: `EVENTS.col::<i64>("id")`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// let kind = EVENTS.col::<String>("kind");
/// let logins = EVENTS.select().filter(kind.eq("login"));
/// # Ok(())
/// # }
/// ```
pub struct TableColumn<V> {
    table: &'static Table,
    name: Cow<'static, str>,
    types: PhantomData<fn() -> V>,
}

impl<V: Scalar> TableColumn<V> {
    pub(super) fn new(table: &'static Table, name: Cow<'static, str>) -> Self {
        TableColumn { table, name, types: PhantomData }
    }

    /// This column gets a value: for [`Update::set`](super::Update::set) and for inserts.
    pub fn to<T: Assignable<V>>(&self, value: T) -> Assignment<Table> {
        match self.mistake() {
            Some(error) => Assignment::new(self.name.clone(), Node::Invalid(error.into())),
            None => Assignment::new(self.name.clone(), value.into_assigned()),
        }
    }

    /// What is wrong with the name, or with the type that its values are said to be.
    fn mistake(&self) -> Option<Error> {
        let message = match self.table.find_column(&self.name) {
            None => "the table has no such column".to_owned(),
            Some(column) if !column.is_used_as(V::TYPE) => {
                format!("the column is declared as {:?}, and is used as {:?}", column.sql_type(), V::TYPE)
            }
            Some(_) => return None,
        };
        Some(Error::new(ErrorKind::InvalidStatement, message).at_table(self.table.name()).at_column(self.name.clone()))
    }
}

impl<V> Clone for TableColumn<V> {
    fn clone(&self) -> Self {
        TableColumn { table: self.table, name: self.name.clone(), types: PhantomData }
    }
}

impl<V: Scalar> Expression for TableColumn<V> {
    type Value = V;
    type Bind = AnyBind;

    fn into_expr(self) -> Expr<V, AnyBind> {
        if let Some(error) = self.mistake() {
            return Expr::new(Node::Invalid(error.into()));
        }
        Expr::new(Node::Column(Owner::Table(self.table.bind(), self.table.name().into()), self.name))
    }
}

impl<V: Scalar> Expression for &TableColumn<V> {
    type Value = V;
    type Bind = AnyBind;

    fn into_expr(self) -> Expr<V, AnyBind> {
        self.clone().into_expr()
    }
}

/// Compiles only where a column of type `V` on the bind `B` may refer to this one: one database, one type. What the derive checks
/// of `references`.
pub fn assert_reference<B, V, M, W>(_: &TypedColumn<M, W>)
where
    M: Model,
    B: SameDatabase<M::Bind>,
    V: Scalar,
    W: Scalar<Base = V::Base>,
{
}

/// The same for a column of a base, whose type the derive doesn't see.
pub fn assert_reference_of<B, O, V, M, W>(_: &TypedColumn<O, V>, _: &TypedColumn<M, W>)
where
    M: Model,
    B: SameDatabase<M::Bind>,
    V: Scalar,
    W: Scalar<Base = V::Base>,
{
}

/// Compiles only for two columns of one model: a foreign key refers to one table.
pub fn assert_same_model<M, V, W>(_: &TypedColumn<M, V>, _: &TypedColumn<M, W>) {}

/// The reference to a model's column. It reads constants only: models that refer to each other must not wait for each other's table.
pub fn reference_to<M: Model, V>(column: &TypedColumn<M, V>) -> Reference {
    Reference::to::<M>(column.name())
}
