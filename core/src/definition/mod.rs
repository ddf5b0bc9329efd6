//! What a database has, as data: its tables, columns, keys and the rest, in the words of its own SQL.
//!
//! [`Databases::reflect`](crate::session::Databases::reflect) reads it from a live database; migrations compare two of them and write the
//! SQL that leads from one to the other. Authors of engines make it in [`Catalog::reflect`](crate::engine::Catalog::reflect).
//!
//! Texts are as the server gives them (`character varying(120)`, `'x'::text`), so that what one server says twice can be compared, and what
//! it says can be said to it again. Each list is sorted by name, but for columns, which have their order.

mod column_definition;
mod constraints;
mod database_definition;
mod referential_action;
mod table_definition;
mod view_definition;

pub use column_definition::{ColumnDefinition, Generation};
pub use constraints::{CheckDefinition, ForeignKeyDefinition, IndexDefinition, IndexPart, KeyDefinition};
pub use database_definition::{DatabaseDefinition, DomainDefinition, EnumerationDefinition, OtherDefinition};
pub use referential_action::ReferentialAction;
pub use table_definition::TableDefinition;
pub use view_definition::ViewDefinition;

/// The table of a database's history of migrations, which bindery makes: nobody's model, and no migration's.
pub(crate) const HISTORY_TABLE: &str = "bindery_migrations";
