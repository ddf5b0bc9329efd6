/// The statements that make a list of changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// in the order in which they are to be run
    pub(crate) statements: Vec<String>,
    /// SQLite: a table is made anew. The statements want `PRAGMA foreign_keys = OFF` before their transaction begins, `PRAGMA
    /// legacy_alter_table = ON`, and an empty `PRAGMA foreign_key_check` before it is committed
    pub(crate) needs_foreign_keys_off: bool,
    /// what people should know before they run it
    pub(crate) notes: Vec<String>,
}
