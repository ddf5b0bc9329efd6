//! `sql!`: SQL with values in it, which become parameters.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, LitStr, Result, Token};

/// SQL, taken apart.
pub(crate) struct Sql {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    /// `{id}`
    One(Expr),
    /// `{..kinds}`
    List(Expr),
}

impl Parse for Sql {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let literal: LitStr = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        if !input.is_empty() {
            return Err(input.error("`sql!` takes one text, with the values inside it: sql!(\"… where id = {id}\")"));
        }
        Ok(Sql { pieces: pieces(&literal)? })
    }
}

/// The text between braces, and what stands in them. A brace that is meant is doubled.
fn pieces(literal: &LitStr) -> Result<Vec<Piece>> {
    let error = |message: &str| syn::Error::new(literal.span(), message);
    let all = literal.value();
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let mut rest = all.as_str();
    while let Some(place) = rest.find(['{', '}']) {
        text.push_str(&rest[..place]);
        let brace = &rest[place..];
        if let Some(behind) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            text.push_str(&brace[..1]);
            rest = behind;
            continue;
        }
        if brace.starts_with('}') {
            return Err(error("a `}` without its `{`: a brace that is meant is doubled, `}}`"));
        }
        let length = closed(&brace[1..]).ok_or_else(|| error("a `{` without its `}`: a brace that is meant is doubled, `{{`"))?;
        let inside = brace[1..=length].trim();
        rest = &brace[length + 2..];
        if inside.is_empty() {
            return Err(error("what is to be inserted is named between the braces: `{id}`, or `{..ids}` for a list"));
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        let expression =
            |text: &str| LitStr::new(text, literal.span()).parse().map_err(|_| error(&format!("`{text}` is no expression of Rust")));
        pieces.push(match inside.strip_prefix("..") {
            Some(list) => Piece::List(expression(list)?),
            None => Piece::One(expression(inside)?),
        });
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

/// How long the text is up to the brace that closes what is open before it.
fn closed(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(place),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

pub(crate) fn expand(sql: &Sql) -> TokenStream {
    let pieces = sql.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(.text(#text)),
        Piece::One(value) => {
            let span = syn::spanned::Spanned::span(value);
            quote_spanned!(span=> .insert(&(#value)))
        }
        Piece::List(values) => {
            let span = syn::spanned::Spanned::span(values);
            quote_spanned!(span=> .insert_list((#values).iter()))
        }
    });
    quote!(::bindery::query::Sql::default()#(#pieces)*)
}
