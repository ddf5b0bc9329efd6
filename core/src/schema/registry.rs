use super::Table;

/// One table, handed to the registry at link time. `#[derive(Model)]` and `table!` submit it.
///
/// The linker drops a crate that nothing refers to, and its tables with it, in silence. A crate that holds models and is only
/// *listed* in `Cargo.toml` is such a crate: refer to it (`use models as _;`), or name its models explicitly with
/// `Databases::builder().models::<(User, Post)>()`. A module inside a crate that is linked is never dropped, whether anything
/// calls it or not.
///
/// ```standalone_crate
/// use bindery::prelude::*;
/// use bindery::schema::registered;
///
/// #[derive(Model)]
/// #[model(bind = "auth")]
/// struct Account {
///     #[column(primary_key)]
///     id: i64,
/// }
///
/// assert_eq!(registered()[0].name(), "account");
/// ```
pub struct Registration {
    table: fn() -> &'static Table,
}

impl Registration {
    /// Registers the table that this gives.
    pub const fn new(table: fn() -> &'static Table) -> Self {
        Registration { table }
    }
}

inventory::collect!(Registration);

/// Every table that was registered at link time, sorted by bind and name: the linker's order means nothing.
pub fn registered() -> Vec<&'static Table> {
    let mut tables: Vec<_> = inventory::iter::<Registration>.into_iter().map(|registration| (registration.table)()).collect();
    tables.sort_by(|a, b| (a.bind(), a.name()).cmp(&(b.bind(), b.name())));
    tables
}
