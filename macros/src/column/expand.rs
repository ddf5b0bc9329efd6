use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::{Column, SqlType};
use crate::action::Action;
use crate::attributes::docs;
use crate::reference::Reference;

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
            let (reference, actions) = (reference.to_schema(), self.actions().map(Action::to_schema));
            quote!(.references(#reference #(#actions)*))
        });
        let check = self.check.iter();
        let computed = self.computed.iter().map(|(_, sql)| match &self.computed_when_read {
            Some(_) => quote!(.computed_when_read(#sql)),
            None => quote!(.computed(#sql)),
        });
        let comment = self.comment.iter();
        quote! {
            #of(#name)
                #(.#flags())*
                #(.max_length(#max_length))*
                #(#sql_type)*
                #(.sql_default(#sql_default))*
                #(#reference)*
                #(.check(#check))*
                #(#computed)*
                #(.comment(#comment))*
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
        for action in self.actions().filter(|action| action.sets_null()) {
            checks.extend(self.check_set_null(action));
        }
        if let Some(Reference::Model(paths)) = &self.references {
            checks.extend(paths.iter().map(|path| self.check_reference(bind, path)));
        }
        checks
    }

    fn actions(&self) -> impl Iterator<Item = &Action> {
        self.on_delete.iter().chain(&self.on_update)
    }

    /// A column that an action makes NULL can be that.
    pub(crate) fn check_set_null(&self, action: &Action) -> TokenStream {
        let ty = &self.ty;
        quote_spanned! {action.action.span()=>
            const _: () = ::core::assert!(
                <#ty as ::bindery::value::Scalar>::NULLABLE,
                "`set_null` needs a column that can be NULL: an `Option`"
            );
        }
    }

    /// The column that it refers to is on the same bind, and of the same type.
    pub(crate) fn check_reference(&self, bind: &TokenStream, path: &Path) -> TokenStream {
        let (ty, bind) = (&self.ty, respan(bind, path.span()));
        quote_spanned! {path.span()=>
            const _: fn() = || ::bindery::__private::assert_reference::<#bind, #ty, _, _>(&#path);
        }
    }
}

/// These tokens, which have no groups, at another place: the compiler reports a bound of a type at that type.
pub(crate) fn respan(tokens: &TokenStream, span: Span) -> TokenStream {
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
