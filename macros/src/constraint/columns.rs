use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Ident, Path, Result};

use crate::attributes::{Errors, list};
use crate::column::Column;

/// `columns(a, Audited::created_at)`: fields of the struct, by their Rust names, and typed columns of a base, by their paths.
pub(super) struct Columns(Vec<Path>);

impl Columns {
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>) -> Result<Self> {
        list(key, input, Path::parse_mod_style).map(Columns)
    }

    /// The columns, if there are any.
    pub(super) fn needed(columns: Option<Self>, key: &Ident, form: &str) -> Result<Self> {
        let needs = || syn::Error::new(key.span(), format!("`{key}` needs its columns: {form}"));
        columns.filter(|columns| !columns.0.is_empty()).ok_or_else(needs)
    }

    pub(super) fn width(&self) -> usize {
        self.0.len()
    }

    /// A column is one of these fields, or a path to a base's typed column.
    pub(super) fn check(&self, columns: &[&Column], errors: &mut Errors) {
        for (i, path) in self.0.iter().enumerate() {
            if self.0[..i].iter().any(|before| quote!(#before).to_string() == quote!(#path).to_string()) {
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

    /// Each with the field that it is, unless that is a base's.
    pub(super) fn with_fields<'a>(&'a self, columns: &'a [&'a Column]) -> impl Iterator<Item = (&'a Path, Option<&'a Column>)> {
        let of = |path: &Path| path.get_ident().and_then(|ident| columns.iter().find(|column| column.ident == *ident)).copied();
        self.0.iter().map(move |path| (path, of(path)))
    }

    /// `vec![Cow::Borrowed("a"), …]`
    pub(super) fn to_schema(&self, columns: &[&Column]) -> TokenStream {
        let names = self.with_fields(columns).map(|(path, own)| match own.map(|column| &column.name) {
            Some(name) => quote!(::std::borrow::Cow::Borrowed(#name)),
            None => quote_spanned!(path.span()=> ::std::borrow::Cow::Owned(#path.name().to_owned())),
        });
        quote!(::std::vec![#(#names),*])
    }
}
