use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Result};

use super::brackets;
use super::columns::Columns;
use crate::attributes::{Errors, flag, list, once, read_items, text, unknown};
use crate::column::Column;

const FORM: &str = "index(columns(a, b))";

/// `index(columns(a, b), name = "…", unique, method = "gin", filter = "deleted is null")`, `index(sql("lower(email)", "id DESC"))`
pub(super) struct Index {
    name: Option<LitStr>,
    parts: Parts,
    unique: Option<Ident>,
    method: Option<LitStr>,
    filter: Option<LitStr>,
    options: Option<LitStr>,
}

enum Parts {
    Columns(Columns),
    Sql(Vec<LitStr>),
}

impl Index {
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        let content = brackets(key, input, "its columns", FORM)?;
        let (mut name, mut columns, mut sql, mut unique, mut method, mut filter, mut options) = (None, None, None, None, None, None, None);
        read_items(&content, errors, &mut |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text(key, input)?),
            "columns" => once(&mut columns, key, Columns::parse(key, input)?),
            "sql" => once(&mut sql, key, (key.clone(), sql_parts(key, input)?)),
            "unique" => flag(&mut unique, key, input),
            "method" => once(&mut method, key, text(key, input)?),
            "filter" => once(&mut filter, key, text(key, input)?),
            "options" => once(&mut options, key, text(key, input)?),
            _ => Err(unknown(key, "columns, sql, name, unique, method, filter, options")),
        })?;
        let parts = match (columns, sql) {
            (Some(_), Some((sql, _))) => {
                let message =
                    "an index is over `columns(…)` or `sql(…)`: where one part is SQL, write them all so, sql(\"lower(email)\", \"id\")";
                return Err(syn::Error::new(sql.span(), message));
            }
            (None, Some((_, parts))) => Parts::Sql(parts),
            (columns, None) => Parts::Columns(Columns::needed(columns, key, FORM)?),
        };
        Ok(Index { name, parts, unique, method, filter, options })
    }

    pub(super) fn check(&self, columns: &[&Column], errors: &mut Errors) {
        if let Parts::Columns(named) = &self.parts {
            named.check(columns, errors);
        }
    }

    pub(super) fn to_schema(&self, columns: &[&Column]) -> TokenStream {
        let index = match &self.parts {
            Parts::Columns(named) => {
                let names = named.to_schema(columns);
                quote!(::bindery::schema::Index::over_columns::<::std::borrow::Cow<'static, str>>(#names))
            }
            Parts::Sql(parts) => quote!(::bindery::schema::Index::over_sql([#(#parts),*])),
        };
        let (name, unique, method) = (self.name.iter(), self.unique.iter(), self.method.iter());
        let (filter, options) = (self.filter.iter(), self.options.iter());
        quote!(.add_index(#index #(.named(#name))* #(.#unique())* #(.method(#method))* #(.filter(#filter))* #(.options(#options))*))
    }
}

/// `("lower(email)", "id DESC")`
fn sql_parts(key: &Ident, input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let parts: Vec<LitStr> = list(key, input, |input| input.parse())?;
    match parts.iter().find(|part| part.value().trim().is_empty()) {
        Some(empty) => Err(syn::Error::new(empty.span(), "a part of an index is empty")),
        None if parts.is_empty() => {
            Err(syn::Error::new(key.span(), "`sql` takes the parts of an index: sql(\"lower(email)\", \"id DESC\")"))
        }
        None => Ok(parts),
    }
}
