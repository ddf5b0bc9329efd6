use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Result};

use super::columns::Columns;
use super::{brackets, optional};
use crate::action::Action;
use crate::attributes::{Errors, once, read_items, text, text_or_empty, unknown};
use crate::column::{Column, respan};
use crate::reference::Reference;

const FORM: &str = "foreign_key(columns(a, b), references(Order::a, Order::b))";

/// `foreign_key(columns(a, b), references = "orders(x, y)", on_delete = cascade, on_update = cascade, name = "…")`
pub(super) struct ForeignKey {
    name: Option<LitStr>,
    columns: Columns,
    references: Reference,
    on_delete: Option<Action>,
    on_update: Option<Action>,
    options: Option<LitStr>,
}

impl ForeignKey {
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>, owner: Option<&Ident>, errors: &mut Errors) -> Result<Self> {
        let content = brackets(key, input, "its columns and what they refer to", FORM)?;
        let (mut name, mut columns, mut references, mut on_delete, mut on_update, mut options) = (None, None, None, None, None, None);
        read_items(&content, errors, &mut |key, input| match key.to_string().as_str() {
            "name" => once(&mut name, key, text_or_empty(key, input)?),
            "columns" => once(&mut columns, key, Columns::parse(key, input)?),
            "references" => once(&mut references, key, Reference::parse_several(key, input, owner)?),
            "on_delete" => once(&mut on_delete, key, Action::parse(key, input)?),
            "on_update" => once(&mut on_update, key, Action::parse(key, input)?),
            "options" => once(&mut options, key, text(key, input)?),
            _ => Err(unknown(key, "columns, references, on_delete, on_update, options, name")),
        })?;
        let columns = Columns::needed(columns, key, FORM)?;
        let references = references.ok_or_else(|| syn::Error::new(key.span(), format!("`foreign_key` needs `references`: {FORM}")))?;
        Ok(ForeignKey { name, columns, references, on_delete, on_update, options })
    }

    fn actions(&self) -> impl Iterator<Item = &Action> {
        self.on_delete.iter().chain(&self.on_update)
    }

    pub(super) fn check(&self, columns: &[&Column], errors: &mut Errors) {
        self.columns.check(columns, errors);
        let (own, referred) = (self.columns.width(), self.references.width());
        if own != referred {
            let message = format!("a foreign key refers to as many columns as it has: these are {referred}, and it has {own}");
            errors.push(syn::Error::new(self.references.span(), message));
        }
        for action in self.actions().filter(|action| action.sets_default()) {
            if self.columns.with_fields(columns).any(|(_, own)| own.is_some_and(|column| column.sql_default.is_none())) {
                let message = "`set_default` needs a `sql_default` of each column: the server sets it";
                errors.push(syn::Error::new(action.action.span(), message));
            }
        }
    }

    pub(super) fn to_schema(&self, columns: &[&Column]) -> TokenStream {
        let (name, columns, reference) = (optional(self.name.as_ref()), self.columns.to_schema(columns), self.references.to_schema());
        let actions = self.actions().map(Action::to_schema);
        let options = self.options.iter();
        quote!(.foreign_key(#name, #columns, #reference #(#actions)* #(.options(#options))*))
    }

    /// Each column refers to one of its type, all of one model on the same bind.
    pub(super) fn checks(&self, bind: &TokenStream, columns: &[&Column]) -> TokenStream {
        let fields = || self.columns.with_fields(columns);
        let nulled = self.actions().filter(|action| action.sets_null());
        let mut checks: TokenStream = nulled.flat_map(|action| fields().filter_map(|(_, own)| Some(own?.check_set_null(action)))).collect();
        let Reference::Model(paths) = &self.references else { return checks };
        for ((own, field), path) in fields().zip(paths) {
            checks.extend(match field {
                Some(column) => column.check_reference(bind, path),
                None => {
                    let bind = respan(bind, path.span());
                    quote_spanned!(path.span()=> const _: fn() = || ::bindery::__private::assert_reference_of::<#bind, _, _, _, _>(&#own, &#path);)
                }
            });
        }
        for pair in paths.windows(2) {
            let (one, other) = (&pair[0], &pair[1]);
            checks.extend(quote_spanned!(other.span()=> const _: fn() = || ::bindery::__private::assert_same_model(&#one, &#other);));
        }
        checks
    }
}
