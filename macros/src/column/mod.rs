//! One column: a field of a model or of `table!`, and its `#[column(…)]`.

mod expand;
mod parse;

use proc_macro2::Span;
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Type, Visibility};

use crate::action::Action;
use crate::reference::Reference;

pub(crate) use expand::respan;
pub(crate) use parse::check_together;

/// One column as it was declared.
pub(crate) struct Column {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// the name in the database
    pub(crate) name: String,
    name_span: Span,
    pub(crate) primary_key: Option<Ident>,
    pub(crate) generated: Option<Ident>,
    pub(crate) version: Option<Ident>,
    unique: Option<Ident>,
    index: Option<Ident>,
    pub(crate) default: Option<(Ident, Expr)>,
    pub(crate) sql_default: Option<LitStr>,
    max_length: Option<LitInt>,
    sql_type: Option<SqlType>,
    references: Option<Reference>,
    on_delete: Option<Action>,
    on_update: Option<Action>,
    check: Option<LitStr>,
    /// what the server computes it by, with its key
    pub(crate) computed: Option<(Ident, LitStr)>,
    computed_when_read: Option<Ident>,
    comment: Option<LitStr>,
}

/// `type = …`
enum SqlType {
    /// `"verbatim"`
    Verbatim(LitStr),
    /// `decimal(5, 2)`, with its first token
    Decimal(Ident, LitInt, LitInt),
}

impl Column {
    /// Whether its values are the server's, so that no insert of ours gives them.
    pub(crate) fn is_servers(&self) -> bool {
        self.generated.is_some() || self.computed.is_some()
    }
}
