//! Statements as values: built from typed columns, without a session; stored, nested, and run by the session's verbs.
//!
//! What starts them is [`ModelExt`] (`User::select()`) and, for tables without a struct, [`TableExt`] (`EVENTS.select()`). What can be
//! done with a column is in [`Expression`]. The models of the examples are in [`session`](crate::session).
//!
//! ```
//! # use bindery_core as bindery;
//! # use bindery_core::{AnyBind, BindKey, query::TableExt, schema::{Column, StaticTable, Table}};
//! static EVENTS: StaticTable = StaticTable::new(|| {
//!     Table::new("events", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key()).column(Column::of::<String>("kind"))
//! });
//! use bindery::query::{Expression, Query};
//!
//! let (id, kind) = (EVENTS.col::<i64>("id"), EVENTS.col::<String>("kind"));
//! let newest = EVENTS.select().filter(kind.eq("login")).order_by(id.desc()).limit(10);
//! assert_eq!(
//!     newest.to_sql(&bindery::engine::Dialect::sqlite())?,
//!     r#"SELECT "events"."id", "events"."kind" FROM "events" WHERE "events"."kind" = ? ORDER BY "events"."id" DESC LIMIT 10"#
//! );
//! # Ok::<(), bindery_core::Error>(())
//! ```

mod aggregate;
mod alias;
mod arithmetic;
mod assignable;
mod assignment;
mod by_key;
mod by_model;
mod case;
mod column_list;
mod composition;
mod condition;
mod delete;
mod dynamic_row;
mod expr;
mod expression;
mod filtered;
mod found_again;
mod insert;
mod insert_rows;
mod joins;
mod json;
mod keyset;
mod lock;
mod node;
mod on_conflict;
mod operand;
mod order;
mod progress;
#[allow(clippy::module_inception)] // a file is named for its main type
mod query;
mod raw;
mod render;
mod rows_for;
mod select;
mod select_query;
mod selection;
mod sql;
mod starts;
mod temporal;
mod text;
mod typed_column;
mod union;
mod update;
mod window;

pub use aggregate::{Aggregate, count};
pub use alias::Alias;
pub use assignable::Assignable;
pub use assignment::Assignment;
pub(crate) use by_key::ByKey;
pub(crate) use by_model::{ByModel, Change};
pub use case::{Case, when};
pub use column_list::{ColumnList, ListedColumn};
pub use condition::Condition;
pub use delete::Delete;
pub use dynamic_row::DynamicRow;
pub use expr::{Expr, exists};
pub use expression::Expression;
pub use filtered::{Filtered, NamesRows, Unfiltered};
pub(crate) use found_again::{FoundAgain, GivenKeys, Keys, of_generated};
pub use insert::Insert;
pub use json::{JsonExpression, JsonPath};
pub(crate) use keyset::Keyset;
pub use on_conflict::OnConflict;
pub use operand::{InOperand, IntoExpr, Operand, value};
pub use order::Order;
pub use progress::Progress;
pub(crate) use query::Shape;
pub use query::{Action, Query};
pub use raw::{Raw, raw};
pub(crate) use render::Rendered;
pub use rows_for::{RowsFor, ValueRow};
pub use select::Select;
pub use selection::{OptionalRow, Selectable, Selection, WholeRow};
pub use sql::{Interpolated, Sql};
pub use starts::{ModelExt, TableExt};
pub use temporal::{DateExpression, TimeExpression, now};
pub use text::TextExpression;
pub use typed_column::{TableColumn, TypedColumn};
pub use union::Union;
pub use update::Update;
pub use window::{FrameBound, WindowFunction, Windowed, dense_rank, ntile, rank, row_number};

#[doc(hidden)]
pub mod __private {
    pub use super::typed_column::{assert_reference, assert_reference_of, assert_same_model, reference_to};
}
