//! Tables as data: their columns and keys, the models that are their rows, the registry that links them to their binds, and the
//! DDL that creates and drops them.
//!
//! Applications seldom name what is here: `#[derive(Model)]` and `table!` make it. It is for code that works on any table (an
//! admin page, an export) and for tables that are built by hand.

mod column;
mod constraints;
mod define;
mod metadata;
mod model;
pub(crate) mod naming;
mod own_type;
mod reference;
mod reflected;
mod refused;
mod registry;
mod relation;
mod table;
mod texts;

pub use column::Column;
pub use constraints::{Check, ForeignKey, Index, Unique};
pub(crate) use define::{circular, define, define_unchecked};
pub use metadata::Metadata;
pub use model::{Fields, Insertable, IntoKey, Key, Model, Values};
pub use naming::shorten;
pub(crate) use own_type::OwnType;
pub use reference::Reference;
pub use registry::{Registration, registered};
pub(crate) use relation::is_all_null;
pub use relation::{ColumnOwner, Columns, ColumnsOf, Relation, View};
pub use table::{StaticTable, Table};

#[doc(hidden)]
pub mod __private {
    pub use super::model::{JoinKey, join_names, push_default, push_value, read_field};
    pub use super::relation::check_view;
}
