use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::spanned::Spanned;

use super::{Column, Reference, SqlType};
use crate::attributes::docs;

impl Column {
    /// `Column::of::<String>("email").unique()…`
    pub(crate) fn to_schema(&self) -> TokenStream {
        let Column { ty, name, .. } = self;
        let of = quote_spanned!(ty.span()=> ::bindery::schema::Column::of::<#ty>);
        let flags = [&self.primary_key, &self.generated, &self.version, &self.unique, &self.index].into_iter().flatten();
        let max_length = self.max_length.iter();
        let sql_default = self.sql_default.iter();
        let sql_type = self.sql_type.iter().map(|sql_type| match sql_type {
            SqlType::Verbatim(sql) => quote!(.type_override(#sql)),
            SqlType::Decimal(_, precision, scale) => quote!(.decimal(#precision, #scale)),
        });
        let reference = self.references.iter().map(|reference| {
            let reference = match reference {
                Reference::Model(path) => quote_spanned!(path.span()=> ::bindery::__private::reference_to(&#path)),
                Reference::Named { table, column } => quote!(::bindery::schema::Reference::to_named(#table, #column)),
            };
            let on_delete = self.on_delete.iter().map(|on_delete| format_ident!("{}", on_delete.variant));
            quote!(.references(#reference #(.on_delete(::bindery::schema::OnDelete::#on_delete))*))
        });
        quote! {
            #of(#name)
                #(.#flags())*
                #(.max_length(#max_length))*
                #(#sql_type)*
                #(.sql_default(#sql_default))*
                #(#reference)*
        }
    }

    /// `pub const email: TypedColumn<User, String> = …;`
    pub(crate) fn constant(&self, owner: &Ident) -> TokenStream {
        let Column { vis, ident, name, ty, .. } = self;
        let docs = docs(&self.attributes, || format!("The column `{name}`."));
        quote! {
            #(#docs)*
            #vis const #ident: ::bindery::query::TypedColumn<#owner, #ty> = ::bindery::query::TypedColumn::new(#name);
        }
    }

    /// What only the compiler can check, since it knows the types: each check stands at the token that asks for it.
    pub(crate) fn checks(&self, bind: &TokenStream) -> TokenStream {
        let ty = &self.ty;
        let mut checks = TokenStream::new();
        let mut assert = |span: Span, condition: TokenStream, message: &str| {
            checks.extend(quote_spanned!(span=> const _: () = ::core::assert!(#condition, #message);));
        };
        if let Some(key) = &self.primary_key {
            let not_null = quote!(!<#ty as ::bindery::value::Scalar>::NULLABLE);
            assert(key.span(), not_null, "a primary key can't be NULL: its type is no `Option`");
        }
        if let Some(key) = &self.generated {
            let integer = matches(ty, &["I8", "I16", "I32", "I64", "U8", "U16", "U32", "U64"]);
            assert(key.span(), integer, "only an integer can be `generated`");
        }
        if let Some(key) = &self.version {
            let integer = matches(ty, &["I8", "I16", "I32", "I64", "U8", "U16", "U32", "U64"]);
            assert(
                key.span(),
                quote!(#integer && !<#ty as ::bindery::value::Scalar>::NULLABLE),
                "only an integer that is no `Option` can be a `version`",
            );
        }
        if let Some(number) = &self.max_length {
            assert(number.span(), matches(ty, &["Text"]), "`max_length` is for text");
        }
        if let Some(SqlType::Decimal(word, ..)) = &self.sql_type {
            assert(word.span(), matches(ty, &["Decimal"]), "`decimal` is for a decimal type");
        }
        if let Some(on_delete) = self.on_delete.as_ref().filter(|on_delete| on_delete.variant == "SetNull") {
            let nullable = quote!(<#ty as ::bindery::value::Scalar>::NULLABLE);
            assert(on_delete.action.span(), nullable, "`set_null` needs a column that can be NULL: an `Option`");
        }
        if let Some(Reference::Model(path)) = &self.references {
            let bind = respan(bind, path.span());
            checks.extend(quote_spanned! {path.span()=>
                const _: fn() = || ::bindery::__private::assert_reference::<#bind, #ty, _, _>(&#path);
            });
        }
        checks
    }
}

/// These tokens, which have no groups, at another place: the compiler reports a bound of a type at that type.
fn respan(tokens: &TokenStream, span: Span) -> TokenStream {
    let moved = tokens.clone().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    moved.collect()
}

/// The condition that a column's type is one of these.
fn matches(ty: &syn::Type, variants: &[&str]) -> TokenStream {
    let variants = variants.iter().map(|variant| format_ident!("{variant}"));
    quote! {
        ::core::matches!(<#ty as ::bindery::value::Scalar>::TYPE, #(::bindery::value::SqlType::#variants)|*)
    }
}
