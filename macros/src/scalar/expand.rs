use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, LitStr};

use super::{Kind, Newtype, Scalar, TextVariant};

impl Scalar {
    pub(super) fn expand(&self) -> TokenStream {
        match &self.kind {
            Kind::Newtype(newtype) => self.newtype(newtype),
            Kind::Text(variants, enumeration) => self.text(variants, enumeration.as_ref()),
            Kind::Integer(repr, variants) => self.integer(repr, variants),
        }
    }

    fn newtype(&self, Newtype { field, ty }: &Newtype) -> TokenStream {
        let ident = &self.ident;
        let inner = quote_spanned!(ty.span()=> <#ty as ::bindery::value::Scalar>);
        let (get, make) = match field {
            Some(field) => (quote!(self.#field), quote!(|value| #ident { #field: value })),
            None => (quote!(self.0), quote!(#ident)),
        };
        let body = quote! {
            const TYPE: ::bindery::value::SqlType = #inner::TYPE;
            const ENUMERATION: ::core::option::Option<::bindery::value::Enumeration> = #inner::ENUMERATION;

            fn into_value(self) -> ::bindery::Result<::bindery::value::Value> {
                #inner::into_value(#get)
            }

            fn from_value(value: ::bindery::value::ValueRef<'_>) -> ::bindery::Result<Self> {
                ::core::result::Result::map(#inner::from_value(value), #make)
            }
        };
        let scalar = self.scalar_impl(&body);
        let not_null = quote_spanned! {ty.span()=>
            const _: () = ::core::assert!(
                !<#ty as ::bindery::value::Scalar>::NULLABLE,
                "a newtype wraps a value that is there: wrap the type inside the `Option`, and make columns of `Option` of the newtype"
            );
        };
        // `for<'a>` keeps a bound that doesn't hold from being an error: then the newtype hasn't the trait, as what it wraps hasn't.
        quote! {
            #scalar

            #not_null

            #[automatically_derived]
            impl ::bindery::value::Comparable for #ident where for<'a> #ty: ::bindery::value::Comparable {}

            #[automatically_derived]
            impl ::bindery::value::Ordered for #ident where for<'a> #ty: ::bindery::value::Ordered {}

            #[automatically_derived]
            impl ::bindery::value::Numeric for #ident where for<'a> #ty: ::bindery::value::Numeric {
                type Sum = <#ty as ::bindery::value::Numeric>::Sum;
            }

            #[automatically_derived]
            impl ::bindery::value::Computable for #ident where for<'a> #ty: ::bindery::value::Computable {}

            #[automatically_derived]
            impl ::bindery::value::Divisible for #ident where for<'a> #ty: ::bindery::value::Divisible {}

            #[automatically_derived]
            impl ::bindery::value::Integer for #ident where for<'a> #ty: ::bindery::value::Integer {}
        }
    }

    fn text(&self, variants: &[TextVariant], enumeration: Option<&LitStr>) -> TokenStream {
        let ident = &self.ident;
        let name = ident.to_string();
        let expected = format!("text for `{name}`");
        let idents = variants.iter().map(|variant| &variant.ident).collect::<Vec<_>>();
        let texts = variants.iter().map(|variant| &variant.text).collect::<Vec<_>>();
        let enumeration = enumeration.into_iter().map(|name| {
            quote! {
                const ENUMERATION: ::core::option::Option<::bindery::value::Enumeration> =
                    ::core::option::Option::Some(::bindery::value::Enumeration::new(#name, &[#(#texts),*]));
            }
        });
        let body = quote! {
            const TYPE: ::bindery::value::SqlType = ::bindery::value::SqlType::Text;
            #(#enumeration)*

            fn into_value(self) -> ::bindery::Result<::bindery::value::Value> {
                let text = match self {
                    #(#ident::#idents => #texts,)*
                };
                ::core::result::Result::Ok(::bindery::value::Value::Text(::std::borrow::ToOwned::to_owned(text)))
            }

            fn from_value(value: ::bindery::value::ValueRef<'_>) -> ::bindery::Result<Self> {
                let text = match value {
                    // An enum of the server's own comes as `Other`.
                    ::bindery::value::ValueRef::Text(text) | ::bindery::value::ValueRef::Other { text, .. } => text,
                    value => return ::core::result::Result::Err(::bindery::Error::unexpected_value(#expected, value)),
                };
                match text {
                    #(#texts => ::core::result::Result::Ok(#ident::#idents),)*
                    _ => ::core::result::Result::Err(::bindery::Error::unknown_variant(#name, &[#(#texts),*])),
                }
            }
        };
        let scalar = self.scalar_impl(&body);
        quote! {
            #scalar

            #[automatically_derived]
            impl ::bindery::value::Comparable for #ident {}
        }
    }

    fn integer(&self, repr: &Ident, variants: &[Ident]) -> TokenStream {
        let ident = &self.ident;
        let name = ident.to_string();
        let shown =
            variants.iter().map(|variant| quote!(::std::format!("{} ({})", ::core::stringify!(#variant), #ident::#variant as #repr)));
        let body = quote! {
            const TYPE: ::bindery::value::SqlType = <#repr as ::bindery::value::Scalar>::TYPE;

            fn into_value(self) -> ::bindery::Result<::bindery::value::Value> {
                ::bindery::value::Scalar::into_value(self as #repr)
            }

            fn from_value(value: ::bindery::value::ValueRef<'_>) -> ::bindery::Result<Self> {
                let number = <#repr as ::bindery::value::Scalar>::from_value(value)?;
                #(if number == #ident::#variants as #repr {
                    return ::core::result::Result::Ok(#ident::#variants);
                })*
                let variants = [#(#shown),*];
                ::core::result::Result::Err(::bindery::Error::unknown_variant(
                    #name,
                    &::std::iter::Iterator::collect::<::std::vec::Vec<_>>(variants.iter().map(::std::string::String::as_str)),
                ))
            }
        };
        let scalar = self.scalar_impl(&body);
        let fits = variants.iter().map(|variant| {
            let message = format!("the value of `{variant}` does not fit `{repr}`");
            quote_spanned! {variant.span()=>
                const _: () = ::core::assert!(#ident::#variant as i128 == #ident::#variant as #repr as i128, #message);
            }
        });
        quote! {
            #scalar
            #(#fits)*

            #[automatically_derived]
            impl ::bindery::value::Comparable for #ident {}

            #[automatically_derived]
            impl ::bindery::value::Ordered for #ident {}
        }
    }

    fn scalar_impl(&self, body: &TokenStream) -> TokenStream {
        let ident = &self.ident;
        quote! {
            #[automatically_derived]
            impl ::bindery::value::Scalar for #ident {
                type Base = #ident;
                type Lifted<T: ::bindery::value::Scalar> = T;
                #body
            }
        }
    }
}
