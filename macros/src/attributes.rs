//! Reading attributes so that one mistake doesn't hide the next.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Result, Token};

/// Every mistake found so far, to be reported at once.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Keeps the error of a result.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Takes those of others over; whether there were any.
    pub(crate) fn absorb(&mut self, others: Errors) -> bool {
        let any = others.0.is_some();
        others.0.into_iter().for_each(|error| self.push(error));
        any
    }

    /// The value, if there was no mistake.
    pub(crate) fn finish<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}

/// Hands over each `key…` of the attributes of this name; what follows the key is read by `read`. After a mistake it goes on
/// behind the next comma.
pub(crate) fn read_attributes(
    attributes: &[Attribute],
    name: &str,
    errors: &mut Errors,
    mut read: impl FnMut(&Ident, ParseStream<'_>) -> Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let tokens = attribute.meta.require_list().map(|list| list.tokens.clone());
        let Some(tokens) = errors.take(tokens) else { continue };
        let result = (|input: ParseStream<'_>| read_items(input, errors, &mut read)).parse2(tokens);
        errors.take(result);
    }
}

/// Hands over each `key…` of a list, as [`read_attributes`] does.
pub(crate) fn read_items(
    input: ParseStream<'_>,
    errors: &mut Errors,
    read: &mut dyn FnMut(&Ident, ParseStream<'_>) -> Result<()>,
) -> Result<()> {
    while !input.is_empty() {
        let item =
            Ident::parse_any(input).and_then(|key| read(&key, input)).and_then(|()| match input.is_empty() || input.peek(Token![,]) {
                true => Ok(()),
                false => Err(input.error("expected `,`")),
            });
        errors.take(item);
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(())
}

/// The error for a key that nobody knows.
pub(crate) fn unknown(key: &Ident, known: &str) -> syn::Error {
    syn::Error::new(key.span(), format!("unknown attribute `{key}`: known are {known}"))
}

/// Fills a slot that may be filled once.
pub(crate) fn once<T>(slot: &mut Option<T>, key: &Ident, value: T) -> Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new(key.span(), format!("`{key}` is given twice")));
    }
    *slot = Some(value);
    Ok(())
}

/// Sets a flag, which keeps its token for later errors.
pub(crate) fn flag(slot: &mut Option<Ident>, key: &Ident, input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![=]) || input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), format!("`{key}` takes no value: it is there, or it isn't")));
    }
    once(slot, key, key.clone())
}

/// `= "text"`, not empty.
pub(crate) fn text(key: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    match value(key, input)? {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().is_empty() => {
            Err(syn::Error::new(text.span(), format!("`{key}` is empty")))
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(syn::Error::new_spanned(other, format!("`{key}` takes text: {key} = \"…\""))),
    }
}

/// `= "text"`, which may be empty: a name, where having none is possible too.
pub(crate) fn text_or_empty(key: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    match value(key, input)? {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(syn::Error::new_spanned(other, format!("`{key}` takes text: {key} = \"…\""))),
    }
}

/// `= 120`
pub(crate) fn number(key: &Ident, input: ParseStream<'_>) -> Result<LitInt> {
    match value(key, input)? {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Ok(number),
        other => Err(syn::Error::new_spanned(other, format!("`{key}` takes a whole number: {key} = 120"))),
    }
}

/// `= expression`
pub(crate) fn value(key: &Ident, input: ParseStream<'_>) -> Result<Expr> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), format!("`{key}` takes a value: {key} = …")));
    }
    input.parse::<Token![=]>()?;
    let mut value = input.parse()?;
    // What a `macro_rules!` passes on comes in an invisible group.
    while let Expr::Group(group) = value {
        value = *group.expr;
    }
    Ok(value)
}

/// `(a, b)` behind a key.
pub(crate) fn list<T>(key: &Ident, input: ParseStream<'_>, item: fn(ParseStream<'_>) -> Result<T>) -> Result<Vec<T>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), format!("`{key}` takes a list: {key}(…)")));
    }
    let content;
    syn::parenthesized!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated_with(&content, item)?.into_iter().collect())
}

/// The `#[doc]` attributes, or one of these words where there is none.
pub(crate) fn docs(attributes: &[Attribute], otherwise: impl FnOnce() -> String) -> Vec<Attribute> {
    let docs: Vec<_> = attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect();
    if docs.is_empty() {
        let words = otherwise();
        return vec![syn::parse_quote!(#[doc = #words])];
    }
    docs
}
