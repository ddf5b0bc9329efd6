use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Result};

use super::columns::Columns;
use super::{brackets, optional};
use crate::attributes::{Errors, once, read_items, text_or_empty, unknown};
use crate::column::Column;

const FORM: &str = "unique(columns(a, b))";

/// `unique(columns(a, b), name = "…")`
pub(super) struct Unique {
    name: Option<LitStr>,
    columns: Columns,
}

impl Unique {
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        let content = brackets(key, input, "its columns", FORM)?;
        let (mut name, mut columns) = (None, None);
        read_items(&content, errors, &mut |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text_or_empty(key, input)?),
            "columns" => once(&mut columns, key, Columns::parse(key, input)?),
            _ => Err(unknown(key, "columns, name")),
        })?;
        Ok(Unique { name, columns: Columns::needed(columns, key, FORM)? })
    }

    pub(super) fn check(&self, columns: &[&Column], errors: &mut Errors) {
        self.columns.check(columns, errors);
    }

    pub(super) fn to_schema(&self, columns: &[&Column]) -> TokenStream {
        let (name, columns) = (optional(self.name.as_ref()), self.columns.to_schema(columns));
        quote!(.unique(#name, #columns))
    }
}
