use proc_macro2::Span;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, Ident, LitStr, Result};

use super::{Kind, Newtype, Scalar, TextVariant};
use crate::attributes::{Errors, once, read_attributes, text, text_or_empty, unknown};
use crate::case::Case;

const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

/// What `#[scalar(…)]` says on the type.
#[derive(Default)]
struct Options {
    rename_all: Option<(Ident, Case)>,
    repr: Option<(Ident, Ident)>,
    enumeration: Option<(Ident, LitStr)>,
}

impl Scalar {
    /// Reads the type and its attributes; every mistake at once.
    pub(super) fn parse(input: &DeriveInput) -> Result<Self> {
        let mut errors = Errors::default();
        if !input.generics.params.is_empty() {
            errors.push(syn::Error::new(input.generics.params.span(), "a column's type has no generics and no lifetimes"));
        }
        let options = options(&input.attrs, &mut errors);
        let kind = match &input.data {
            Data::Struct(data) => {
                let keys =
                    [options.rename_all.map(|(key, _)| key), options.repr.map(|(key, _)| key), options.enumeration.map(|(key, _)| key)];
                for key in keys.into_iter().flatten() {
                    errors.push(syn::Error::new(key.span(), format!("`{key}` is for enums: a newtype is kept as what it wraps")));
                }
                errors.take(newtype(&data.fields, input.ident.span())).map(Kind::Newtype)
            }
            Data::Enum(data) => enumeration(data, input.ident.span(), options, &mut errors),
            Data::Union(data) => {
                errors.push(syn::Error::new(data.union_token.span(), "a union can't be a column"));
                None
            }
        };
        let kind = errors.finish(kind)?;
        kind.map(|kind| Scalar { ident: input.ident.clone(), kind })
            .ok_or_else(|| syn::Error::new(input.ident.span(), "not a column's type"))
    }
}

fn options(attributes: &[Attribute], errors: &mut Errors) -> Options {
    let mut options = Options::default();
    read_attributes(attributes, "scalar", errors, |key, input| match key.to_string().as_str() {
        "rename_all" => {
            let name = text(key, input)?;
            let case = Case::from_name(&name.value()).map_err(|message| syn::Error::new(name.span(), message))?;
            once(&mut options.rename_all, key, (key.clone(), case))
        }
        "repr" => {
            let name = text(key, input)?;
            if !INTEGERS.contains(&name.value().as_str()) {
                return Err(syn::Error::new(name.span(), format!("`repr` is one of {}", INTEGERS.join(", "))));
            }
            once(&mut options.repr, key, (key.clone(), Ident::new(&name.value(), name.span())))
        }
        "enumeration" => once(&mut options.enumeration, key, (key.clone(), text(key, input)?)),
        _ => Err(unknown(key, "rename_all, repr, enumeration")),
    });
    if let (Some((key, _)), Some(_)) = (&options.enumeration, &options.repr) {
        let message = "the values of an `enumeration` are texts, and with `repr` they are integers: drop one of the two";
        errors.push(syn::Error::new(key.span(), message));
    }
    if let (Some((key, _)), Some(_)) = (&options.rename_all, &options.repr) {
        errors.push(syn::Error::new(key.span(), "an enum kept as an integer has no texts to rename: drop `rename_all` or `repr`"));
    }
    options
}

fn newtype(fields: &Fields, span: Span) -> Result<Newtype> {
    let mut iter = fields.iter();
    match (iter.next(), iter.next()) {
        (Some(field), None) => Ok(Newtype { field: field.ident.clone(), ty: field.ty.clone() }),
        (_, Some(second)) => Err(syn::Error::new(second.span(), "a column has one value: a newtype has one field")),
        (None, _) => Err(syn::Error::new(span, "a column has a value: a newtype has one field, `struct Email(String)`")),
    }
}

fn enumeration(data: &DataEnum, span: Span, options: Options, errors: &mut Errors) -> Option<Kind> {
    if data.variants.is_empty() {
        errors.push(syn::Error::new(span, "an enum without variants has no values to keep"));
    }
    let mut texts: Vec<TextVariant> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.push(syn::Error::new(variant.fields.span(), "a variant with fields can't be kept in one column"));
        }
        let mut rename: Option<LitStr> = None;
        read_attributes(&variant.attrs, "scalar", errors, |key, input| match key.to_string().as_str() {
            "rename" if options.repr.is_some() => {
                Err(syn::Error::new(key.span(), "an enum kept as an integer has no texts: drop `rename` or `repr`"))
            }
            "rename" => once(&mut rename, key, text_or_empty(key, input)?),
            _ => Err(unknown(key, "rename")),
        });
        let name = variant.ident.unraw().to_string();
        let (text, span) = match (rename, &options.rename_all) {
            (Some(rename), _) => (rename.value(), rename.span()),
            (None, Some((_, case))) => (case.apply(&name), variant.ident.span()),
            (None, None) => (name, variant.ident.span()),
        };
        if let Some(same) = texts.iter().find(|other| other.text == text) {
            errors.push(syn::Error::new(span, format!("`{}` is kept as `{text}` too", same.ident)));
        }
        texts.push(TextVariant { ident: variant.ident.clone(), text });
    }
    Some(match options.repr {
        Some((_, repr)) => Kind::Integer(format_ident!("{repr}"), texts.into_iter().map(|variant| variant.ident).collect()),
        None => Kind::Text(texts, options.enumeration.map(|(_, name)| name)),
    })
}
