use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprCall, ExprLit, ExprPath, Field, Ident, Lit, LitInt, LitStr, Path, Result};

use super::{Column, OnDelete, Reference, SqlType};
use crate::attributes::{Errors, flag, number, once, read_attributes, text, unknown, value};

const KNOWN: &str = "name, primary_key, generated, version, unique, index, default, sql_default, max_length, type, references, on_delete";

impl Column {
    fn of(field: &Field) -> Option<Self> {
        let ident = field.ident.clone()?;
        Some(Column {
            attributes: field.attrs.clone(),
            vis: field.vis.clone(),
            name: ident.unraw().to_string(),
            name_span: ident.span(),
            ident,
            ty: field.ty.clone(),
            primary_key: None,
            generated: None,
            version: None,
            unique: None,
            index: None,
            default: None,
            sql_default: None,
            max_length: None,
            sql_type: None,
            references: None,
            on_delete: None,
        })
    }

    /// Reads a field of a view, of which only the name can be said.
    pub(crate) fn parse_of_view(field: &Field, errors: &mut Errors) -> Option<Self> {
        let mut column = Column::of(field)?;
        let mut name = None;
        read_attributes(&field.attrs, "column", errors, |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text(key, input)?),
            _ => Err(unknown(key, "name; a view has no table that could have more")),
        });
        column.rename(name);
        Some(column)
    }

    fn rename(&mut self, name: Option<LitStr>) {
        if let Some(name) = name {
            (self.name, self.name_span) = (name.value(), name.span());
        }
    }

    /// Reads a named field; `owner` is what `Self` stands for in `references = Self::id`.
    pub(crate) fn parse(field: &Field, owner: Option<&Ident>, errors: &mut Errors) -> Option<Self> {
        let mut column = Column::of(field)?;
        let mut name = None;
        read_attributes(&field.attrs, "column", errors, |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text(key, input)?),
            "primary_key" => flag(&mut column.primary_key, key, input),
            "generated" => flag(&mut column.generated, key, input),
            "version" => flag(&mut column.version, key, input),
            "unique" => flag(&mut column.unique, key, input),
            "index" => flag(&mut column.index, key, input),
            "default" => once(&mut column.default, key, (key.clone(), value(key, input)?)),
            "sql_default" => once(&mut column.sql_default, key, text(key, input)?),
            "max_length" => once(&mut column.max_length, key, max_length(key, input)?),
            "type" => once(&mut column.sql_type, key, sql_type(key, input)?),
            "references" => once(&mut column.references, key, reference(key, input, owner)?),
            "on_delete" => once(&mut column.on_delete, key, on_delete(key, input)?),
            _ => Err(unknown(key, KNOWN)),
        });
        column.rename(name);
        column.check(errors);
        Some(column)
    }

    /// What can't stand together on one column.
    fn check(&self, errors: &mut Errors) {
        let mut refuse = |span: Span, message: &str| errors.push(syn::Error::new(span, message));
        if self.generated.is_some() {
            const GENERATED: &str = "a `generated` column has no default: the server generates each value";
            if let Some((key, _)) = &self.default {
                refuse(key.span(), GENERATED);
            }
            if let Some(sql) = &self.sql_default {
                refuse(sql.span(), GENERATED);
            }
        }
        if let (Some(version), true) = (&self.version, self.primary_key.is_some() || self.generated.is_some()) {
            refuse(version.span(), "a version changes with each update: it is neither a key nor generated");
        }
        if let (Some((key, _)), Some(_)) = (&self.default, &self.sql_default) {
            refuse(key.span(), "a column has one default: `default`, which Rust fills in, or `sql_default`, which the server fills in");
        }
        if let (Some(unique), Some(_)) = (&self.unique, &self.primary_key) {
            refuse(unique.span(), "a primary key is unique already; for a composite key, write #[model(unique(columns(…)))]");
        }
        if let Some(on_delete) = &self.on_delete {
            if self.references.is_none() {
                refuse(on_delete.key.span(), "`on_delete` needs `references`: it says what happens when the row referred to is deleted");
            } else if on_delete.variant == "SetDefault" && self.sql_default.is_none() {
                refuse(on_delete.action.span(), "`set_default` needs `sql_default`: the server sets it");
            }
        }
    }
}

/// What can't stand together in one table.
pub(crate) fn check_together<'a>(columns: impl IntoIterator<Item = &'a Column>, errors: &mut Errors) {
    let (mut names, mut generated, mut version) = (Vec::new(), false, false);
    for column in columns {
        if names.contains(&&column.name) {
            errors.push(syn::Error::new(column.name_span, format!("two columns have the name `{}`", column.name)));
        }
        names.push(&column.name);
        if let Some(key) = &column.version {
            if version {
                errors.push(syn::Error::new(key.span(), "a table has at most one `version`"));
            }
            version = true;
        }
        if let Some(key) = &column.generated {
            if generated {
                errors.push(syn::Error::new(key.span(), "a table has at most one `generated` column"));
            }
            generated = true;
        }
    }
}

fn max_length(key: &Ident, input: ParseStream<'_>) -> Result<LitInt> {
    let number = number(key, input)?;
    match number.base10_parse::<u32>()? {
        0 => Err(syn::Error::new(number.span(), "`max_length` is at least 1")),
        _ => Ok(number),
    }
}

fn sql_type(key: &Ident, input: ParseStream<'_>) -> Result<SqlType> {
    const TAKES: &str = "`type` takes the type in the server's words, type = \"…\", or type = decimal(precision, scale)";
    match value(key, input)? {
        Expr::Lit(ExprLit { lit: Lit::Str(sql), .. }) if !sql.value().is_empty() => Ok(SqlType::Verbatim(sql)),
        Expr::Call(call) => decimal(&call).unwrap_or_else(|| Err(syn::Error::new_spanned(call, TAKES))),
        other => Err(syn::Error::new_spanned(other, TAKES)),
    }
}

/// `decimal(5, 2)`; `None` where it isn't of that form.
fn decimal(call: &ExprCall) -> Option<Result<SqlType>> {
    let Expr::Path(ExprPath { path, .. }) = &*call.func else { return None };
    let word = path.get_ident().filter(|word| *word == "decimal")?;
    let [precision, scale] = call.args.iter().map(whole).collect::<Option<Vec<_>>>()?.try_into().ok()?;
    let sizes = || -> Result<_> { Ok((precision.base10_parse::<u8>()?, scale.base10_parse::<u8>()?)) };
    Some(sizes().and_then(|(digits, behind)| match digits >= 1 && behind <= digits {
        true => Ok(SqlType::Decimal(word.clone(), precision, scale)),
        false => {
            Err(syn::Error::new(precision.span(), "a decimal has at least one digit, and no more of them behind the point than in all"))
        }
    }))
}

fn whole(expression: &Expr) -> Option<LitInt> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Some(number.clone()),
        _ => None,
    }
}

fn reference(key: &Ident, input: ParseStream<'_>, owner: Option<&Ident>) -> Result<Reference> {
    const TAKES: &str = "`references` takes a model's column, references = User::id, or the names of one on the same bind, \"users.id\"";
    match value(key, input)? {
        Expr::Path(ExprPath { qself: None, path, .. }) if path.segments.len() > 1 => Ok(Reference::Model(without_self(path, owner))),
        Expr::Lit(ExprLit { lit: Lit::Str(names), .. }) => named(&names).ok_or_else(|| syn::Error::new(names.span(), TAKES)),
        other => Err(syn::Error::new_spanned(other, TAKES)),
    }
}

fn named(names: &LitStr) -> Option<Reference> {
    let names = names.value();
    let (table, column) = names.split_once('.').filter(|(table, column)| !table.is_empty() && !column.is_empty())?;
    (!column.contains('.')).then(|| Reference::Named { table: table.to_owned(), column: column.to_owned() })
}

/// The check of a reference stands outside the model's `impl`, where there is no `Self`.
fn without_self(mut path: Path, owner: Option<&Ident>) -> Path {
    if let (Some(first), Some(owner)) = (path.segments.first_mut().filter(|first| first.ident == "Self"), owner) {
        first.ident = Ident::new(&owner.to_string(), first.ident.span());
    }
    path
}

fn on_delete(key: &Ident, input: ParseStream<'_>) -> Result<OnDelete> {
    const TAKES: &str = "`on_delete` takes one of cascade, set_null, set_default, restrict, no_action";
    let expression = value(key, input)?;
    let action = match &expression {
        Expr::Path(ExprPath { path, .. }) => path.get_ident().cloned(),
        _ => None,
    };
    let action = action.ok_or_else(|| syn::Error::new_spanned(&expression, TAKES))?;
    let variant = match action.to_string().as_str() {
        "cascade" => "Cascade",
        "set_null" => "SetNull",
        "set_default" => "SetDefault",
        "restrict" => "Restrict",
        "no_action" => "NoAction",
        _ => return Err(syn::Error::new(action.span(), TAKES)),
    };
    Ok(OnDelete { key: key.clone(), action, variant })
}
