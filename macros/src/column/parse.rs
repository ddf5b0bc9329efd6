use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprCall, ExprLit, ExprPath, Field, Ident, Lit, LitInt, LitStr, Result};

use super::{Column, SqlType};
use crate::action::Action;
use crate::attributes::{Errors, flag, number, once, read_attributes, text, unknown, value};
use crate::reference::Reference;

const KNOWN: &str = "name, primary_key, generated, version, unique, index, default, sql_default, max_length, type, references, \
     on_delete, on_update, check, computed, virtual, comment";

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
            on_update: None,
            check: None,
            computed: None,
            computed_when_read: None,
            comment: None,
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
            "references" => once(&mut column.references, key, Reference::parse_one(key, input, owner)?),
            "on_delete" => once(&mut column.on_delete, key, Action::parse(key, input)?),
            "on_update" => once(&mut column.on_update, key, Action::parse(key, input)?),
            "check" => once(&mut column.check, key, text(key, input)?),
            "computed" => once(&mut column.computed, key, (key.clone(), text(key, input)?)),
            "virtual" => flag(&mut column.computed_when_read, key, input),
            "comment" => once(&mut column.comment, key, text(key, input)?),
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
        if let Some((computed, _)) = &self.computed {
            let default = self.default.as_ref().map(|(key, _)| key.span()).or(self.sql_default.as_ref().map(LitStr::span));
            if let Some(span) = default {
                refuse(span, "a `computed` column has no default: the server computes each value");
            }
            if self.primary_key.is_some() || self.generated.is_some() || self.version.is_some() {
                refuse(
                    computed.span(),
                    "a `computed` column follows from others of its row: it is neither a key, nor generated, nor a version",
                );
            }
        }
        if let (Some(key), None) = (&self.computed_when_read, &self.computed) {
            refuse(key.span(), "`virtual` needs `computed`: it says that the value is not kept");
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
        for (action, event) in [(&self.on_delete, "deleted"), (&self.on_update, "given another key")] {
            let Some(action) = action else { continue };
            if self.references.is_none() {
                let key = &action.key;
                refuse(key.span(), &format!("`{key}` needs `references`: it says what happens when the row referred to is {event}"));
            } else if action.sets_default() && self.sql_default.is_none() {
                refuse(action.action.span(), "`set_default` needs `sql_default`: the server sets it");
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
