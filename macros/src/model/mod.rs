//! `#[derive(Model)]`.

mod expand;
mod insert;
mod parse;

use proc_macro2::TokenStream;
use quote::format_ident;
use syn::{Attribute, DeriveInput, Ident, LitStr, Result, Type, Visibility};

use crate::bind::Bind;
use crate::column::Column;
use crate::constraint::Constraint;

/// Expands the derive, or gives every mistake in its input.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    Model::parse(input).map(|model| model.expand())
}

/// A model or an abstract base as it was declared, without a mistake that shows in the tokens.
struct Model {
    vis: Visibility,
    ident: Ident,
    /// `None`: an abstract base
    table: Option<String>,
    bind: Option<Bind>,
    /// where the typed columns stand, if not on the model itself
    columns: Option<Ident>,
    constraints: Vec<Constraint>,
    comment: Option<LitStr>,
    options: Option<LitStr>,
    fields: Vec<Field>,
}

/// One field.
// A struct has few of them, and they live for one expansion.
#[allow(clippy::large_enum_variant)]
enum Field {
    Column(Column),
    Base(Base),
}

/// `#[model(inherits)] audit: Audited`
struct Base {
    attributes: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    ty: Type,
}

impl Model {
    /// Its own columns.
    fn columns(&self) -> impl Iterator<Item = &Column> {
        columns(&self.fields)
    }

    fn bases(&self) -> impl Iterator<Item = &Base> {
        bases(&self.fields)
    }

    /// The type whose associated constants are the typed columns.
    fn holder(&self) -> &Ident {
        self.columns.as_ref().unwrap_or(&self.ident)
    }

    /// The name of the struct without generated columns.
    fn new_ident(&self) -> Ident {
        format_ident!("New{}", self.ident)
    }
}

fn columns(fields: &[Field]) -> impl Iterator<Item = &Column> {
    fields.iter().filter_map(|field| match field {
        Field::Column(column) => Some(column),
        Field::Base(_) => None,
    })
}

fn bases(fields: &[Field]) -> impl Iterator<Item = &Base> {
    fields.iter().filter_map(|field| match field {
        Field::Base(base) => Some(base),
        Field::Column(_) => None,
    })
}
