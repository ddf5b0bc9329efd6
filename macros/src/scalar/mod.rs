//! `#[derive(Scalar)]`.

mod expand;
mod parse;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, LitStr, Result, Type};

/// Expands the derive, or gives every mistake in its input.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    Scalar::parse(input).map(|scalar| scalar.expand())
}

/// A type that is the value of one column.
struct Scalar {
    ident: Ident,
    kind: Kind,
}

enum Kind {
    /// `struct Email(String)`
    Newtype(Newtype),
    /// an enum kept as text; with the name of the enumeration that it is in the database, where it is one
    Text(Vec<TextVariant>, Option<LitStr>),
    /// an enum kept as an integer of this type
    Integer(Ident, Vec<Ident>),
}

struct Newtype {
    /// the name of the one field, where it has one
    field: Option<Ident>,
    ty: Type,
}

struct TextVariant {
    ident: Ident,
    text: String,
}
