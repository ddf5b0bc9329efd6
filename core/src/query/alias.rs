use std::borrow::Cow;
use std::marker::PhantomData;

use super::node::Source;
use super::select::Select;
use crate::schema::Model;

/// A model's table under another name, for a statement that has the table twice.
///
/// ```
/// # use bindery_core::query::{Alias, Expression};
/// # use bindery_core::{Bind, schema::{Fields, Model}};
/// # fn example<Staff: Model + Fields<Bind = Bind<'h', 'r'>, ColumnBind = Bind<'h', 'r'>>>(id: bindery_core::query::TypedColumn<Staff, i64>, manager: bindery_core::query::TypedColumn<Staff, i64>) {
/// // Everyone, joined to their manager:
/// let boss = Alias::<Staff>::new("boss");
/// let everyone = bindery_core::query::Select::of::<Staff>().join_alias(&boss, manager.eq(id.of(&boss)));
/// # }
/// ```
pub struct Alias<M> {
    name: Cow<'static, str>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Alias<M> {
    /// The model's table under this name. `column.of(&alias)` are its columns.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Alias { name: name.into(), model: PhantomData }
    }

    /// A select from the table under this name.
    pub fn select(&self) -> Select<M, M::Bind> {
        Select::from_source(self.source())
    }

    pub(super) fn source(&self) -> Source {
        Source { table: M::table(), alias: Some(self.name.clone()) }
    }
}
