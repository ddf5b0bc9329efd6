//! What a table has beside its columns: `index(…)`, `unique(…)`, `foreign_key(…)`, `check(…)`, `primary_key(…)`.

mod check;
mod columns;
mod foreign_key;
mod index;
mod primary_key;
mod unique;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Ident, LitStr, Result};

use check::Check;
use foreign_key::ForeignKey;
use index::Index;
use primary_key::PrimaryKey;
use unique::Unique;

use crate::attributes::Errors;
use crate::column::Column;

/// One of them, as it was declared.
pub(crate) struct Constraint {
    pub(crate) key: Ident,
    kind: Kind,
}

enum Kind {
    Check(Check),
    ForeignKey(ForeignKey),
    Index(Index),
    PrimaryKey(PrimaryKey),
    Unique(Unique),
}

impl Constraint {
    /// Whether this is the key of one.
    pub(crate) fn is_key(key: &Ident) -> bool {
        ["check", "foreign_key", "index", "primary_key", "unique"].iter().any(|known| key == known)
    }

    /// Reads what stands behind such a key; `None` where mistakes inside it leave nothing. `owner` is what `Self` stands for.
    pub(crate) fn parse(key: &Ident, input: ParseStream<'_>, owner: Option<&Ident>, errors: &mut Errors) -> Result<Option<Self>> {
        let mut inside = Errors::default();
        let kind = Kind::parse(key, input, owner, &mut inside);
        let constraint = kind.map(|kind| Constraint { key: key.clone(), kind });
        // What is wrong inside is not missing too.
        if errors.absorb(inside) { Ok(constraint.ok()) } else { constraint.map(Some) }
    }

    /// What is wrong with it, these being the columns of its struct.
    pub(crate) fn check(&self, columns: &[&Column], errors: &mut Errors) {
        match &self.kind {
            Kind::Check(_) => {}
            Kind::ForeignKey(key) => key.check(columns, errors),
            Kind::Index(index) => index.check(columns, errors),
            Kind::PrimaryKey(primary) => primary.check(columns, errors),
            Kind::Unique(unique) => unique.check(columns, errors),
        }
    }

    /// `.index(None, vec![…])`
    pub(crate) fn to_schema(&self, columns: &[&Column]) -> TokenStream {
        match &self.kind {
            Kind::Check(check) => check.to_schema(),
            Kind::ForeignKey(key) => key.to_schema(columns),
            Kind::Index(index) => index.to_schema(columns),
            Kind::PrimaryKey(primary) => primary.to_schema(columns),
            Kind::Unique(unique) => unique.to_schema(columns),
        }
    }

    /// What only the compiler can check.
    pub(crate) fn checks(&self, bind: &TokenStream, columns: &[&Column]) -> TokenStream {
        match &self.kind {
            Kind::ForeignKey(key) => key.checks(bind, columns),
            Kind::Check(_) | Kind::Index(_) | Kind::PrimaryKey(_) | Kind::Unique(_) => TokenStream::new(),
        }
    }
}

impl Kind {
    fn parse(key: &Ident, input: ParseStream<'_>, owner: Option<&Ident>, errors: &mut Errors) -> Result<Self> {
        match key.to_string().as_str() {
            "check" => Check::parse(key, input, errors).map(Kind::Check),
            "foreign_key" => ForeignKey::parse(key, input, owner, errors).map(Kind::ForeignKey),
            "index" => Index::parse(key, input, errors).map(Kind::Index),
            "primary_key" => PrimaryKey::parse(key, input, errors).map(Kind::PrimaryKey),
            _ => Unique::parse(key, input, errors).map(Kind::Unique),
        }
    }
}

/// The brackets behind a key, which takes what `form` shows.
fn brackets<'a>(key: &Ident, input: ParseStream<'a>, takes: &str, form: &str) -> Result<ParseBuffer<'a>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), format!("`{key}` takes {takes}: {form}")));
    }
    let content;
    syn::parenthesized!(content in input);
    Ok(content)
}

/// `Some("…")` or `None`
fn optional(name: Option<&LitStr>) -> TokenStream {
    match name {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    }
}
