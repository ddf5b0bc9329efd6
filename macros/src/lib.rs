//! The derives and macros of bindery.

mod attributes;
mod bind;
mod case;
mod column;
mod constraint;
mod model;
mod scalar;
mod table;

use proc_macro::TokenStream;
use syn::{DeriveInput, Error, parse_macro_input};

/// Docs.
#[proc_macro_derive(Model, attributes(model, column))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Docs.
#[proc_macro]
pub fn bind(input: TokenStream) -> TokenStream {
    bind::expand(parse_macro_input!(input as bind::Declaration)).into()
}

/// Docs.
#[proc_macro_derive(Scalar, attributes(scalar))]
pub fn derive_scalar(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    scalar::derive(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Docs.
#[proc_macro]
pub fn table(input: TokenStream) -> TokenStream {
    table::expand(&parse_macro_input!(input as table::Table)).into()
}
