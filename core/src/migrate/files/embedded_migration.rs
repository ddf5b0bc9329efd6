/// One migration in the binary, as [`embed_migrations!`](https://docs.rs/bindery) makes it of a folder.
///
/// ```
/// use bindery::migrate::EmbeddedMigration;
///
/// const FIRST: EmbeddedMigration = EmbeddedMigration {
///     bind: "auth",
///     folder: "20261129120305_users",
///     up: "create table users (id integer primary key)",
///     down: Some("drop table users"),
/// };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedMigration {
    /// its bind's key
    pub bind: &'static str,
    /// the name of its folder: its version and its name
    pub folder: &'static str,
    /// its `up.sql`
    pub up: &'static str,
    /// its `down.sql`
    pub down: Option<&'static str>,
}
