//! Binds by name: `bind = "auth"`, `bind = path::Auth`, and [`bind!`](crate::bind).

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Path, Result, Token, Visibility};

use crate::attributes::{docs, value};

/// A bind as a model names it.
pub(crate) enum Bind {
    /// by its key, which is well formed
    Key(LitStr),
    /// by what `bind!` declared
    Declared(Path),
}

impl Bind {
    /// `= "auth"` or `= path::Auth` behind its key.
    pub(crate) fn parse_value(key: &Ident, input: ParseStream<'_>) -> Result<Self> {
        match value(key, input)? {
            Expr::Lit(ExprLit { lit: Lit::Str(key), .. }) => check(&key).map(|()| Bind::Key(key)),
            Expr::Path(ExprPath { qself: None, path, .. }) => Ok(Bind::Declared(path)),
            other => Err(syn::Error::new_spanned(other, "`bind` takes a key, bind = \"auth\", or what `bind!` declared, bind = Auth")),
        }
    }

    /// The type of the bind, or of `default` where none is named.
    pub(crate) fn to_type_or_default(bind: Option<&Bind>) -> TokenStream {
        bind.map_or_else(|| quote!(::bindery::Bind<'d', 'e', 'f', 'a', 'u', 'l', 't'>), Bind::to_type)
    }

    /// The bind's type.
    pub(crate) fn to_type(&self) -> TokenStream {
        match self {
            Bind::Key(key) => {
                let text = key.value();
                let chars = text.chars();
                quote!(::bindery::Bind<#(#chars),*>)
            }
            Bind::Declared(path) => quote!(#path),
        }
    }
}

/// The rule of `BindKey`, checked here so that the error stands at the literal.
fn check(key: &LitStr) -> Result<()> {
    let text = key.value();
    let good = text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !text.contains("__");
    if good {
        return Ok(());
    }
    Err(syn::Error::new(
        key.span(),
        "not a bind key: a key is a lower-case letter, then up to 31 lower-case letters, digits and single underscores",
    ))
}

/// What [`bind!`](crate::bind) is given.
pub(crate) struct Declaration {
    attributes: Vec<Attribute>,
    vis: Visibility,
    name: Ident,
    key: LitStr,
}

impl Parse for Declaration {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let (vis, name) = (input.parse()?, input.parse()?);
        input.parse::<Token![=]>()?;
        let key = input.parse()?;
        input.parse::<Option<Token![;]>>()?;
        check(&key)?;
        Ok(Declaration { attributes, vis, name, key })
    }
}

pub(crate) fn expand(declaration: Declaration) -> TokenStream {
    let Declaration { attributes, vis, name, key } = declaration;
    let docs = docs(&attributes, || format!("The bind `{}`.", key.value()));
    let others = attributes.iter().filter(|attribute| !attribute.path().is_ident("doc")).collect::<Vec<_>>();
    let ty = Bind::Key(key.clone()).to_type();
    quote! {
        #(#docs)*
        #(#others)*
        #vis type #name = #ty;

        #(#docs)*
        #(#others)*
        #[allow(non_upper_case_globals, dead_code)]
        #vis const #name: ::bindery::BindKey = ::bindery::BindKey::from_static(#key);
    }
}
