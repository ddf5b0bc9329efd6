use std::borrow::Cow;
use std::marker::PhantomData;

/// A column of the model or base `O` whose values are `V`: the associated constants that the derive makes, `User::email`.
pub struct TypedColumn<O, V> {
    name: Cow<'static, str>,
    types: PhantomData<fn() -> (O, V)>,
}

impl<O, V> TypedColumn<O, V> {
    /// The column of this name.
    pub const fn new(name: &'static str) -> Self {
        TypedColumn { name: Cow::Borrowed(name), types: PhantomData }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<O, V> Clone for TypedColumn<O, V> {
    fn clone(&self) -> Self {
        TypedColumn { name: self.name.clone(), types: PhantomData }
    }
}
