use super::Table;

/// One table, handed to the registry at link time. `#[derive(Model)]` and `table!` submit it.
///
/// What counts is that the program *names* the table's crate, once, anywhere: in the program itself or in another crate that it names.
/// Then every table of that crate is registered, those in modules that nothing calls and in types that nothing uses included, in
/// debug and release builds alike, with link-time optimisation or without.
///
/// A crate that is only *listed* in `Cargo.toml` is not linked at all, and its tables are not there: in silence, for nobody can tell
/// that they were meant to be. Name it, by `use models as _;` if by nothing else, or hand its models in at the explicit door,
/// `Databases::builder().models::<(User, Post)>()`, which names it too.
///
/// A model that is used in a statement but absent from the registry still works and still reaches its own bind; only
/// `create_all`, `drop_all`, migrations and the checks at `connect` don't know its table.
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
