//! `on_delete = cascade`, `on_update = cascade`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::ParseStream;
use syn::{Expr, ExprPath, Ident, Result};

use crate::attributes::value;

/// What happens to a row when the row that it refers to is deleted, or its key changed.
pub(crate) struct Action {
    /// `on_delete` or `on_update`: also the method of `Reference` that takes it
    pub(crate) key: Ident,
    pub(crate) action: Ident,
    variant: &'static str,
}

impl Action {
    /// Reads what stands behind `on_delete` or `on_update`.
    pub(crate) fn parse(key: &Ident, input: ParseStream<'_>) -> Result<Self> {
        let takes = || format!("`{key}` takes one of cascade, set_null, set_default, restrict, no_action");
        let expression = value(key, input)?;
        let action = match &expression {
            Expr::Path(ExprPath { path, .. }) => path.get_ident().cloned(),
            _ => None,
        };
        let action = action.ok_or_else(|| syn::Error::new_spanned(&expression, takes()))?;
        let variant = match action.to_string().as_str() {
            "cascade" => "Cascade",
            "set_null" => "SetNull",
            "set_default" => "SetDefault",
            "restrict" => "Restrict",
            "no_action" => "NoAction",
            _ => return Err(syn::Error::new(action.span(), takes())),
        };
        Ok(Action { key: key.clone(), action, variant })
    }

    pub(crate) fn sets_null(&self) -> bool {
        self.variant == "SetNull"
    }

    pub(crate) fn sets_default(&self) -> bool {
        self.variant == "SetDefault"
    }

    /// `.on_delete(ReferentialAction::Cascade)`
    pub(crate) fn to_schema(&self) -> TokenStream {
        let (key, variant) = (&self.key, format_ident!("{}", self.variant));
        quote!(.#key(::bindery::definition::ReferentialAction::#variant))
    }
}
