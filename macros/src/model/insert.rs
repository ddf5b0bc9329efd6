//! `NewUser`: the model without its generated columns.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, Type};

use super::expand::{of_base, push_base, values_impl};
use super::{Field, Model};
use crate::attributes::docs;
use crate::column::Column;

/// One field of the struct to insert.
struct NewField<'a> {
    declared: &'a Field,
    ident: &'a Ident,
    ty: TokenStream,
    /// what `new` fills in; `None`: it is one of its parameters
    filled: Option<TokenStream>,
}

impl Model {
    pub(super) fn insert_struct(&self) -> TokenStream {
        let fields = self.fields.iter().filter_map(NewField::of).collect::<Vec<_>>();
        let (vis, ident) = (&self.vis, self.new_ident());
        let model = &self.ident;
        let words = format!("A new [`{model}`]: without the columns that the server generates or computes.");
        let declarations = fields.iter().map(NewField::declaration);
        let pushes = self.fields.iter().map(push);
        let values = values_impl(&ident, pushes);
        let derives = derives(&ident, &fields);
        let new = new(&ident, &fields);
        quote! {
            #[doc = #words]
            #[allow(dead_code)]
            #vis struct #ident {
                #(#declarations),*
            }
            #derives
            #new
            #values
        }
    }
}

impl<'a> NewField<'a> {
    fn of(field: &'a Field) -> Option<Self> {
        match field {
            Field::Column(column) if column.is_servers() => None,
            Field::Column(column) => {
                let ty = &column.ty;
                let ty = match column.sql_default {
                    Some(_) => quote!(::core::option::Option<#ty>),
                    None => quote!(#ty),
                };
                Some(NewField { declared: field, ident: &column.ident, ty, filled: filled(column) })
            }
            Field::Base(base) => Some(NewField { declared: field, ident: &base.ident, ty: of_base(&base.ty, "NewPart"), filled: None }),
        }
    }

    fn declaration(&self) -> TokenStream {
        let NewField { ident, ty, .. } = self;
        let (attributes, vis) = match self.declared {
            Field::Column(column) => (&column.attributes, &column.vis),
            Field::Base(base) => (&base.attributes, &base.vis),
        };
        let docs = docs(attributes, || format!("`{ident}`"));
        quote!(#(#docs)* #vis #ident: #ty)
    }
}

/// What `new` fills in: the default; `None` for what may be absent or is left to the server.
fn filled(column: &Column) -> Option<TokenStream> {
    if let Some((_, default)) = &column.default {
        return Some(match default {
            // So that `default = "en"` is a String, or a newtype of one.
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => quote_spanned!(text.span()=> ::core::convert::Into::into(#text)),
            default => default.to_token_stream(),
        });
    }
    (column.sql_default.is_some() || is_option(&column.ty)).then(|| quote!(::core::option::Option::None))
}

/// Whether a type is written as an `Option`. An alias of one isn't seen: then it is a parameter of `new`, and that is all.
fn is_option(ty: &Type) -> bool {
    match ty {
        // What a `macro_rules!` passes on comes in an invisible group.
        Type::Group(group) => is_option(&group.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Option"),
        _ => false,
    }
}

/// `Debug` and `Clone` where every field has them: a column's type need not.
fn derives(ident: &Ident, fields: &[NewField<'_>]) -> TokenStream {
    let name = ident.to_string();
    let fields_named = fields.iter().map(|field| field.ident).collect::<Vec<_>>();
    let labels = fields_named.iter().map(|field| field.to_string());
    let types = fields.iter().map(|field| &field.ty).collect::<Vec<_>>();
    // `for<'a>` keeps a bound that doesn't hold from being an error: then there is no such impl.
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident where #(for<'a> #types: ::core::fmt::Debug),* {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#name) #(.field(#labels, &self.#fields_named))* .finish()
            }
        }

        #[automatically_derived]
        impl ::core::clone::Clone for #ident where #(for<'a> #types: ::core::clone::Clone),* {
            fn clone(&self) -> Self {
                #ident { #(#fields_named: ::core::clone::Clone::clone(&self.#fields_named)),* }
            }
        }
    }
}

/// `NewUser::new(required…)`
fn new(ident: &Ident, fields: &[NewField<'_>]) -> TokenStream {
    let parameters = fields.iter().filter(|field| field.filled.is_none()).map(|NewField { ident, ty, .. }| quote!(#ident: #ty));
    let values = fields.iter().map(|NewField { ident, filled, .. }| match filled {
        Some(value) => quote!(#ident: #value),
        None => quote!(#ident),
    });
    quote! {
        #[allow(dead_code, clippy::too_many_arguments, clippy::new_without_default)]
        impl #ident {
            /// With what has no default; the rest is filled in: each `default`, and `None` where there may be nothing or the server
            /// has a default of its own.
            pub fn new(#(#parameters),*) -> Self {
                #ident { #(#values),* }
            }
        }
    }
}

fn push(field: &Field) -> TokenStream {
    match field {
        Field::Column(column) if column.is_servers() => quote!(values.push(::core::option::Option::None);),
        Field::Column(column) => {
            let (ident, ty, name) = (&column.ident, &column.ty, &column.name);
            let function = match column.sql_default {
                Some(_) => quote!(push_default),
                None => quote!(push_value),
            };
            let push = quote_spanned!(ty.span()=> ::bindery::__private::#function::<#ty>);
            quote!(#push(values, self.#ident, #name)?;)
        }
        Field::Base(base) => push_base(&base.ident),
    }
}
