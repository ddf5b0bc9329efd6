use std::borrow::Cow;

use super::Model;
use crate::BindKey;
use crate::definition::ReferentialAction;

/// What a foreign key refers to: the columns of a table, and what happens when they change. Of one column for
/// [`Column::references`](super::Column::references), of several for [`Table::foreign_key`](super::Table::foreign_key).
///
/// ```
/// use bindery::definition::ReferentialAction;
/// use bindery::schema::{Column, Reference};
///
/// let author = Column::of::<i64>("author").references(Reference::to_named("users", "id").on_delete(ReferentialAction::Cascade));
/// assert_eq!(author.reference().unwrap().table, "users");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// the bind of the referred table; `None`: that of the table that refers
    pub bind: Option<BindKey>,
    /// the referred table
    pub table: Cow<'static, str>,
    /// the referred columns, in the order of those that refer
    pub columns: Vec<Cow<'static, str>>,
    /// what happens to a row when the row that it refers to is deleted
    pub on_delete: ReferentialAction,
    /// what happens to a row when the key that it refers to is changed
    pub on_update: ReferentialAction,
    /// whatever else stands behind the foreign key, in the server's words
    pub options: Option<Cow<'static, str>>,
}

impl Reference {
    /// Refers to a column of a model, on that model's bind.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// use bindery::schema::Reference;
    ///
    /// let reference = Reference::to::<Post>("id");
    /// assert_eq!((reference.table.as_ref(), reference.bind), ("posts", Some(BindKey::DEFAULT)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn to<M: Model>(column: impl Into<Cow<'static, str>>) -> Self {
        Reference::to_named(M::NAME, column).on_bind(<M::Bind as crate::BindName>::KEY)
    }

    /// Refers to a column of a table on the same bind, both by name.
    pub fn to_named(table: impl Into<Cow<'static, str>>, column: impl Into<Cow<'static, str>>) -> Self {
        Reference {
            bind: None,
            table: table.into(),
            columns: vec![column.into()],
            on_delete: ReferentialAction::default(),
            on_update: ReferentialAction::default(),
            options: None,
        }
    }

    /// And to another column of the same table.
    ///
    /// ```
    /// use bindery::schema::Reference;
    ///
    /// assert_eq!(Reference::to_named("orders", "shop").and("number").columns, ["shop", "number"]);
    /// ```
    #[must_use]
    pub fn and(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.columns.push(column.into());
        self
    }

    /// With the bind of the referred table; one other than that of the table that refers is an error at connect.
    #[must_use]
    pub fn on_bind(mut self, bind: BindKey) -> Self {
        self.bind = Some(bind);
        self
    }

    /// With what happens on delete.
    #[must_use]
    pub fn on_delete(mut self, on_delete: ReferentialAction) -> Self {
        self.on_delete = on_delete;
        self
    }

    /// With what happens when the referred key is changed.
    #[must_use]
    pub fn on_update(mut self, on_update: ReferentialAction) -> Self {
        self.on_update = on_update;
        self
    }

    /// With whatever else stands behind the foreign key, in the server's words: `"DEFERRABLE INITIALLY DEFERRED"`. Where tables refer to each other in a circle,
    /// `create_all` defers the keys that say nothing of it, where the backend can; `"NOT DEFERRABLE"` is a key that doesn't wait.
    #[must_use]
    pub fn options(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.options = Some(sql.into());
        self
    }
}
