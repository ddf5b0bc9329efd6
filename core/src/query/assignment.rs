use std::borrow::Cow;
use std::marker::PhantomData;

use super::node::Node;

/// A column and what it gets: `User::name.to("Ada")`.
pub struct Assignment<B> {
    pub(super) column: Cow<'static, str>,
    pub(super) value: Node,
    bind: PhantomData<fn() -> B>,
}

impl<B> Assignment<B> {
    pub(super) fn new(column: Cow<'static, str>, value: Node) -> Self {
        Assignment { column, value, bind: PhantomData }
    }
}
