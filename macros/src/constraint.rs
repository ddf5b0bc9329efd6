//! `index(columns(a, b), name = "…")` and `unique(columns(a, b), name = "…")` over several columns.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Path, Result};

use crate::attributes::{Errors, list, once, read_items, text, unknown};
use crate::column::Column;

/// An index or a unique constraint of a table.
pub(crate) struct Constraint {
    /// `index` or `unique`: also the method of `Table` that adds it
    pub(crate) kind: Ident,
    name: Option<LitStr>,
    columns: Vec<Path>,
}

impl Constraint {
    /// Reads what stands behind `index` or `unique`.
    pub(crate) fn parse(kind: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        if !input.peek(syn::token::Paren) {
            return Err(syn::Error::new(kind.span(), format!("`{kind}` takes its columns: {kind}(columns(a, b))")));
        }
        let content;
        syn::parenthesized!(content in input);
        let (mut name, mut columns) = (None, None);
        read_items(&content, errors, &mut |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text(key, input)?),
            "columns" => once(&mut columns, key, list(key, input, Path::parse_mod_style)?),
            _ => Err(unknown(key, "columns, name")),
        })?;
        match columns {
            Some(columns) if !columns.is_empty() => Ok(Constraint { kind: kind.clone(), name, columns }),
            _ => Err(syn::Error::new(kind.span(), format!("`{kind}` needs its columns: {kind}(columns(a, b))"))),
        }
    }

    /// A column is one of these fields, or a path to a base's typed column.
    pub(crate) fn check(&self, columns: &[&Column], errors: &mut Errors) {
        for (i, path) in self.columns.iter().enumerate() {
            if self.columns[..i].iter().any(|before| quote!(#before).to_string() == quote!(#path).to_string()) {
                errors.push(syn::Error::new(path.span(), "the column is named twice"));
            }
            if let Some(ident) = path.get_ident()
                && !columns.iter().any(|column| column.ident == *ident)
            {
                let known = columns.iter().map(|column| format!("`{}`", column.ident)).collect::<Vec<_>>().join(", ");
                let message =
                    format!("no field `{ident}` here: there is {known}; a base's column is named by its path, Audited::created_by");
                errors.push(syn::Error::new(ident.span(), message));
            }
        }
    }

    /// `.index(None, vec![…])`
    pub(crate) fn to_schema(&self, columns: &[&Column]) -> TokenStream {
        let kind = &self.kind;
        let name = match &self.name {
            Some(name) => quote!(::core::option::Option::Some(#name)),
            None => quote!(::core::option::Option::None),
        };
        let names = self.columns.iter().map(|path| {
            let own = path.get_ident().and_then(|ident| columns.iter().find(|column| column.ident == *ident));
            match own.map(|column| &column.name) {
                Some(name) => quote!(::std::borrow::Cow::Borrowed(#name)),
                None => quote_spanned!(path.span()=> ::std::borrow::Cow::Owned(#path.name().to_owned())),
            }
        });
        quote!(.#kind(#name, ::std::vec![#(#names),*]))
    }
}
