//! `table!`: a table without a struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FieldsNamed, Ident, LitStr, Result, Token, Visibility};

use crate::attributes::{Errors, docs, once, read_attributes, text, unknown};
use crate::bind::Bind;
use crate::case;
use crate::column::{Column, check_together};
use crate::constraint::Constraint;

/// `#[table(…)] pub static EVENTS { … }`
pub(crate) struct Table {
    attributes: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    name: String,
    bind: Option<Bind>,
    comment: Option<LitStr>,
    options: Option<LitStr>,
    constraints: Vec<Constraint>,
    columns: Vec<Column>,
}

impl Parse for Table {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        input.parse::<Token![static]>()?;
        let ident: Ident = input.parse()?;
        let fields: FieldsNamed = input.parse()?;

        let mut errors = Errors::default();
        let (mut name, mut bind, mut comment, mut options, mut constraints) = (None, None, None, None, Vec::new());
        let mut inner = Errors::default();
        read_attributes(&attributes, "table", &mut errors, |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text(key, input)?),
            "bind" => once(&mut bind, key, Bind::parse_value(key, input)?),
            "comment" => once(&mut comment, key, text(key, input)?),
            "options" => once(&mut options, key, text(key, input)?),
            _ if Constraint::is_key(key) => {
                Constraint::parse(key, input, None, &mut inner).map(|constraint| constraints.extend(constraint))
            }
            _ => Err(unknown(key, "name, bind, index, unique, foreign_key, check, primary_key, options, comment")),
        });
        errors.take(inner.finish(()));
        let columns: Vec<_> = fields.named.iter().filter_map(|field| Column::parse(field, None, &mut errors)).collect();
        for (key, _) in columns.iter().filter_map(|column| column.default.as_ref()) {
            errors.push(syn::Error::new(key.span(), "a table without a struct has no `New…` that takes a `default`: use `sql_default`"));
        }
        for key in columns.iter().filter_map(|column| column.version.as_ref()) {
            errors.push(syn::Error::new(
                key.span(),
                "a table without a struct has no model that could be written whole: `version` is for models",
            ));
        }
        check_together(&columns, &mut errors);
        let all: Vec<_> = columns.iter().collect();
        constraints.iter().for_each(|constraint| constraint.check(&all, &mut errors));

        let name = name.map_or_else(|| case::snake(&ident.to_string()), |name| name.value());
        errors.finish(Table { attributes, vis, ident, name, bind, comment, options, constraints, columns })
    }
}

pub(crate) fn expand(table: &Table) -> TokenStream {
    let Table { attributes, vis, ident, name, .. } = table;
    let bind = Bind::to_type_or_default(table.bind.as_ref());
    let docs = docs(attributes, || format!("The table `{name}`."));
    let columns = table.columns.iter().map(Column::to_schema);
    let checks = table.columns.iter().map(|column| column.checks(&bind));
    let all = table.columns.iter().collect::<Vec<_>>();
    let constraints = table.constraints.iter().map(|constraint| constraint.to_schema(&all));
    let checks_of_constraints = table.constraints.iter().map(|constraint| constraint.checks(&bind, &all));
    let (comment, options) = (table.comment.iter(), table.options.iter());
    quote! {
        #(#docs)*
        #vis static #ident: ::bindery::schema::StaticTable = ::bindery::schema::StaticTable::new(|| {
            ::bindery::schema::Table::new(#name, <#bind as ::bindery::BindName>::KEY)
                #(.column(#columns))*
                #(#constraints)*
                #(.options(#options))*
                #(.comment(#comment))*
        });
        #(#checks)*
        #(#checks_of_constraints)*

        ::bindery::__private::inventory::submit! {
            ::bindery::schema::Registration::new(|| &#ident)
        }
    }
}
