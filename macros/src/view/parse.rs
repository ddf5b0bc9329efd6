use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, FieldsNamed, Result};

use super::View;
use crate::attributes::Errors;
use crate::column::{Column, check_together};

impl View {
    /// Reads a struct and the names of its columns; every mistake at once.
    pub(super) fn parse(input: &DeriveInput) -> Result<Self> {
        let mut errors = Errors::default();
        let named = errors.take(named_fields(input));
        if !input.generics.params.is_empty() {
            let message = "a view has no generics and no lifetimes: it owns the values of one row";
            errors.push(syn::Error::new(input.generics.params.span(), message));
        }
        let columns: Vec<_> =
            named.into_iter().flat_map(|named| &named.named).filter_map(|field| Column::parse_of_view(field, &mut errors)).collect();
        check_together(&columns, &mut errors);
        errors.finish(View { ident: input.ident.clone(), columns })
    }
}

fn named_fields(input: &DeriveInput) -> Result<&FieldsNamed> {
    const NEEDS: &str = "a view is a struct with named fields, one for each column of a select, in their order";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) if !named.named.is_empty() => Ok(named),
            _ => Err(syn::Error::new(input.ident.span(), NEEDS)),
        },
        Data::Enum(data) => Err(syn::Error::new(data.enum_token.span(), NEEDS)),
        Data::Union(data) => Err(syn::Error::new(data.union_token.span(), NEEDS)),
    }
}
