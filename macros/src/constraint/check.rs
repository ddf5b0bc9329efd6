use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Result, Token};

use super::{brackets, optional};
use crate::attributes::{Errors, once, read_items, text_or_empty, unknown};

/// `check("length > 0", name = "…")`
pub(super) struct Check {
    name: Option<LitStr>,
    sql: LitStr,
}

impl Check {
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        const TAKES: &str = "`check` begins with its condition, as SQL: check(\"length > 0\")";
        let content = brackets(key, input, "its condition, as SQL", "check(\"length > 0\")")?;
        let Some(sql) = content.parse::<Option<LitStr>>()?.filter(|sql| !sql.value().trim().is_empty()) else {
            content.parse::<TokenStream>()?;
            return Err(syn::Error::new(key.span(), TAKES));
        };
        let mut name = None;
        content.parse::<Option<Token![,]>>()?;
        read_items(&content, errors, &mut |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text_or_empty(key, input)?),
            _ => Err(unknown(key, "name")),
        })?;
        Ok(Check { name, sql })
    }

    pub(super) fn to_schema(&self) -> TokenStream {
        let (name, sql) = (optional(self.name.as_ref()), &self.sql);
        quote!(.check(#name, #sql))
    }
}
