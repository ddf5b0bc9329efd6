use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Result};

use super::columns::Columns;
use super::{brackets, optional};
use crate::attributes::{Errors, once, read_items, text_or_empty, unknown};
use crate::column::Column;

/// `primary_key(name = "film_pkey", columns(b, a))`
pub(super) struct PrimaryKey {
    name: Option<LitStr>,
    columns: Option<Columns>,
}

impl PrimaryKey {
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        let content = brackets(key, input, "its name, or its columns in another order than the fields'", "primary_key(name = \"…\")")?;
        let (mut name, mut columns) = (None, None);
        read_items(&content, errors, &mut |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text_or_empty(key, input)?),
            "columns" => once(&mut columns, key, Columns::parse(key, input)?),
            _ => Err(unknown(key, "name, columns")),
        })?;
        Ok(PrimaryKey { name, columns })
    }

    pub(super) fn check(&self, columns: &[&Column], errors: &mut Errors) {
        if let Some(named) = &self.columns {
            named.check(columns, errors);
        }
    }

    pub(super) fn to_schema(&self, columns: &[&Column]) -> TokenStream {
        let name = optional(self.name.as_ref());
        let order = self.columns.as_ref().map_or_else(|| quote!(::std::vec::Vec::new()), |named| named.to_schema(columns));
        quote!(.primary_key_as(#name, #order))
    }
}
