//! `#[derive(FromRow)]`.

mod expand;
mod parse;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Ident, Result};

use crate::column::Column;

/// Expands the derive, or gives every mistake in its input.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    View::parse(input).map(|view| view.expand())
}

/// A struct that is a row of a select.
struct View {
    ident: Ident,
    columns: Vec<Column>,
}
