//! `references = User::id`, `references = "users.id"`, and their likes of several columns.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Path, Result};

use crate::attributes::{list, value};

/// What a foreign key refers to.
pub(crate) enum Reference {
    /// `User::id`; several are of one model
    Model(Vec<Path>),
    /// `"users.id"`, `"orders(shop, number)"`, split
    Named { table: String, columns: Vec<String>, names: LitStr },
}

impl Reference {
    /// Reads `= User::id` or `= "users.id"`; `owner` is what `Self` stands for.
    pub(crate) fn parse_one(key: &Ident, input: ParseStream<'_>, owner: Option<&Ident>) -> Result<Self> {
        const TAKES: &str =
            "`references` takes a model's column, references = User::id, or the names of one on the same bind, \"users.id\"";
        match value(key, input)? {
            Expr::Path(ExprPath { qself: None, path, .. }) if path.segments.len() > 1 => {
                Ok(Reference::Model(vec![without_self(path, owner)]))
            }
            Expr::Lit(ExprLit { lit: Lit::Str(names), .. }) => one_by_name(&names).ok_or_else(|| syn::Error::new(names.span(), TAKES)),
            other => Err(syn::Error::new_spanned(other, TAKES)),
        }
    }

    /// Reads `(Order::shop, Order::number)`, `= "orders(shop, number)"`, or what stands for one column.
    pub(crate) fn parse_several(key: &Ident, input: ParseStream<'_>, owner: Option<&Ident>) -> Result<Self> {
        const TAKES: &str = "`references` takes a model's columns, references(Order::shop, Order::number), or the names of some on the same bind, \"orders(shop, number)\"";
        if input.peek(syn::token::Paren) {
            let paths = list(key, input, Path::parse_mod_style)?;
            let mistake = paths.iter().find(|path| path.segments.len() < 2).map_or(key.span(), Spanned::span);
            return match paths.is_empty() || paths.iter().any(|path| path.segments.len() < 2) {
                true => Err(syn::Error::new(mistake, TAKES)),
                false => Ok(Reference::Model(paths.into_iter().map(|path| without_self(path, owner)).collect())),
            };
        }
        match value(key, input)? {
            Expr::Path(ExprPath { qself: None, path, .. }) if path.segments.len() > 1 => {
                Ok(Reference::Model(vec![without_self(path, owner)]))
            }
            Expr::Lit(ExprLit { lit: Lit::Str(names), .. }) => {
                several_by_name(&names).or_else(|| one_by_name(&names)).ok_or_else(|| syn::Error::new(names.span(), TAKES))
            }
            other => Err(syn::Error::new_spanned(other, TAKES)),
        }
    }

    /// How many columns it names.
    pub(crate) fn width(&self) -> usize {
        match self {
            Reference::Model(paths) => paths.len(),
            Reference::Named { columns, .. } => columns.len(),
        }
    }

    /// Where it stands.
    pub(crate) fn span(&self) -> proc_macro2::Span {
        match self {
            Reference::Model(paths) => paths.first().map_or_else(proc_macro2::Span::call_site, Spanned::span),
            Reference::Named { names, .. } => names.span(),
        }
    }

    /// `reference_to(&Order::shop).and(Order::number.name())`
    pub(crate) fn to_schema(&self) -> TokenStream {
        match self {
            Reference::Model(paths) => {
                let (first, rest) = (paths.iter().take(1), paths.iter().skip(1));
                let first = first.map(|path| quote_spanned!(path.span()=> ::bindery::__private::reference_to(&#path)));
                quote!(#(#first)* #(.and(#rest.name()))*)
            }
            Reference::Named { table, columns, .. } => {
                let (first, rest) = (columns.iter().take(1), columns.iter().skip(1));
                quote!(::bindery::schema::Reference::to_named(#table #(, #first)*) #(.and(#rest))*)
            }
        }
    }
}

/// `users.id`
fn one_by_name(names: &LitStr) -> Option<Reference> {
    let text = names.value();
    let (table, column) = text.split_once('.').filter(|(table, column)| !table.is_empty() && !column.is_empty())?;
    let is_one = !column.contains(['.', '(']) && !table.contains('(');
    is_one.then(|| Reference::Named { table: table.to_owned(), columns: vec![column.to_owned()], names: names.clone() })
}

/// `orders(shop, number)`
fn several_by_name(names: &LitStr) -> Option<Reference> {
    let text = names.value();
    let (table, columns) = text.strip_suffix(')')?.split_once('(')?;
    let (table, columns) = (table.trim(), columns.split(',').map(|column| column.trim().to_owned()).collect::<Vec<_>>());
    let is_whole = !table.is_empty() && columns.iter().all(|column| !column.is_empty());
    is_whole.then(|| Reference::Named { table: table.to_owned(), columns, names: names.clone() })
}

/// The check of a reference stands outside the model's `impl`, where there is no `Self`.
fn without_self(mut path: Path, owner: Option<&Ident>) -> Path {
    if let (Some(first), Some(owner)) = (path.segments.first_mut().filter(|first| first.ident == "Self"), owner) {
        first.ident = Ident::new(&owner.to_string(), first.ident.span());
    }
    path
}
