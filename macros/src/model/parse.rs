use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field as SynField, Fields, FieldsNamed, Generics, Ident, Result};

use super::{Base, Field, Model, bases, columns};
use crate::attributes::{Errors, flag, once, read_attributes, text, unknown, value};
use crate::bind::Bind;
use crate::case;
use crate::column::{Column, check_together};
use crate::constraint::Constraint;

impl Model {
    /// Reads a struct and everything that its attributes say; every mistake at once.
    pub(super) fn parse(input: &DeriveInput) -> Result<Self> {
        let mut errors = Errors::default();
        let named = errors.take(named_fields(input));
        errors.take(no_generics(&input.generics));

        let (mut table, mut bind, mut is_abstract, mut holder, mut comment, mut options) = (None, None, None, None, None, None);
        let mut constraints = Vec::new();
        let (mut inner, ident) = (Errors::default(), &input.ident);
        read_attributes(&input.attrs, "model", &mut errors, |key, input| match key.to_string().as_str() {
            "table" => once(&mut table, key, (key.clone(), text(key, input)?)),
            "bind" => once(&mut bind, key, Bind::parse_value(key, input)?),
            "abstract" => flag(&mut is_abstract, key, input),
            "columns" => once(&mut holder, key, column_holder(key, value(key, input)?)?),
            "comment" => once(&mut comment, key, (key.clone(), text(key, input)?)),
            "options" => once(&mut options, key, (key.clone(), text(key, input)?)),
            _ if Constraint::is_key(key) => {
                Constraint::parse(key, input, Some(ident), &mut inner).map(|constraint| constraints.extend(constraint))
            }
            _ => Err(unknown(key, "table, bind, abstract, columns, index, unique, foreign_key, check, primary_key, options, comment")),
        });
        errors.take(inner.finish(()));

        let fields: Vec<Field> =
            named.into_iter().flat_map(|named| &named.named).filter_map(|field| parse_field(field, &input.ident, &mut errors)).collect();
        check_together(columns(&fields), &mut errors);
        let own: Vec<_> = columns(&fields).collect();
        for constraint in &constraints {
            constraint.check(&own, &mut errors);
            if is_abstract.is_some() {
                let message = format!("an abstract base makes no table: put `{}` on its children", constraint.key);
                errors.push(syn::Error::new(constraint.key.span(), message));
            }
        }
        if let (Some(_), Some((key, _))) = (&is_abstract, &comment) {
            errors.push(syn::Error::new(key.span(), "an abstract base makes no table: put `comment` on its children"));
        }
        if let (Some(_), Some((key, _))) = (&is_abstract, &options) {
            errors.push(syn::Error::new(key.span(), "an abstract base makes no table: put `options` on its children"));
        }
        if let (Some(_), Some((key, _))) = (&is_abstract, &table) {
            errors.push(syn::Error::new(key.span(), "an abstract base makes no table: drop `table` or `abstract`"));
        }
        let bases = bases(&fields).count();
        let keyed = own.iter().any(|column| column.primary_key.is_some());
        if named.is_some() && is_abstract.is_none() && bases == 0 && !keyed {
            let message = format!("`{}` has no primary key: mark a column with #[column(primary_key)]", input.ident);
            errors.push(syn::Error::new(input.ident.span(), message));
        }
        if bases > 1 && bind.is_none() {
            let message = format!("`{}` has {bases} bases and names no bind: write #[model(bind = \"…\")]", input.ident);
            errors.push(syn::Error::new(input.ident.span(), message));
        }

        let table = match is_abstract {
            Some(_) => None,
            None => Some(table.map_or_else(|| case::snake(&input.ident.to_string()), |(_, table)| table.value())),
        };
        let (vis, ident) = (input.vis.clone(), input.ident.clone());
        let [comment, options] = [comment, options].map(|said| said.map(|(_, text)| text));
        errors.finish(Model { vis, ident, table, bind, columns: holder, constraints, comment, options, fields })
    }
}

fn named_fields(input: &DeriveInput) -> Result<&FieldsNamed> {
    const NEEDS: &str = "a model is a struct with named fields, one for each column";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => Ok(named),
            Fields::Unnamed(fields) => Err(syn::Error::new(fields.span(), NEEDS)),
            Fields::Unit => Err(syn::Error::new(input.ident.span(), NEEDS)),
        },
        Data::Enum(data) => Err(syn::Error::new(data.enum_token.span(), format!("{NEEDS}; an enum can be a column: #[derive(Scalar)]"))),
        Data::Union(data) => Err(syn::Error::new(data.union_token.span(), NEEDS)),
    }
}

fn no_generics(generics: &Generics) -> Result<()> {
    if generics.params.is_empty() {
        return Ok(());
    }
    let message = "a model has no generics and no lifetimes: it owns the values of one row, and it is one table";
    Err(syn::Error::new(generics.params.span(), message))
}

fn column_holder(key: &Ident, name: syn::Expr) -> Result<Ident> {
    match &name {
        syn::Expr::Path(path) if path.path.get_ident().is_some() => path.path.require_ident().cloned(),
        other => Err(syn::Error::new_spanned(other, format!("`{key}` takes the name of the struct to declare: {key} = UserColumns"))),
    }
}

fn parse_field(field: &SynField, owner: &Ident, errors: &mut Errors) -> Option<Field> {
    let mut inherits = None;
    read_attributes(&field.attrs, "model", errors, |key, input| match key.to_string().as_str() {
        "inherits" => flag(&mut inherits, key, input),
        _ => Err(unknown(key, "inherits; what concerns a column stands in #[column(…)]")),
    });
    if inherits.is_none() {
        return Column::parse(field, Some(owner), errors).map(Field::Column);
    }
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("column")) {
        errors.push(syn::Error::new_spanned(attribute, "a base is no column: its columns are declared where it is"));
    }
    let ident = field.ident.clone()?;
    Some(Field::Base(Base { attributes: field.attrs.clone(), vis: field.vis.clone(), ident, ty: field.ty.clone() }))
}
