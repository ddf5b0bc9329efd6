/// What a server can do, only as far as bindery's own code branches on it. Read from the server, so it belongs to a
/// [`Connection`](super::Connection): MariaDB and MySQL can't be told apart before.
///
/// ```
/// use bindery_core::engine::Capabilities;
///
/// // What the server said when the connection was made; what isn't set is what no engine needs to have.
/// let mut capabilities = Capabilities::none("mydb 4.1");
/// capabilities.returning = true;
/// capabilities.max_parameters = 65_535;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// the server's name and version, for people
    pub server: String,
    /// INSERT can give the rows that it wrote (`RETURNING`)
    pub returning: bool,
    /// an INSERT of several rows tells the keys that it generates ([`Executed::generated_keys`](super::Executed::generated_keys)); where it doesn't,
    /// nor gives its rows, rows of such a table are inserted one by one
    pub generated_keys: bool,
    /// `WITH` before a select, recursive too
    pub common_table_expressions: bool,
    /// `OVER (…)` behind a function
    pub window_functions: bool,
    /// single rows can be locked: `FOR UPDATE`, `FOR SHARE`
    pub row_locks: bool,
    /// `SKIP LOCKED` behind those
    pub skip_locked: bool,
    /// `NOWAIT` behind those
    pub no_wait: bool,
    /// CHECK constraints are checked, not only read
    pub check_constraints: bool,
    /// CREATE and DROP take part in transactions
    pub transactional_ddl: bool,
    /// transactions can be prepared and finished later, from any connection: [`Connection::two_phase`](super::Connection::two_phase)
    pub two_phase: bool,
    /// the most parameters that one statement may have
    pub max_parameters: usize,
    /// the most bytes that the values of one statement may have together; of an insert of many rows bindery sends 32 mebibytes at most, however many it
    /// may be
    pub max_statement_bytes: usize,
}

impl Capabilities {
    /// The least that an engine can have: no capability, 999 parameters, a mebibyte.
    pub fn none(server: impl Into<String>) -> Self {
        Capabilities {
            server: server.into(),
            returning: false,
            generated_keys: false,
            common_table_expressions: false,
            window_functions: false,
            row_locks: false,
            skip_locked: false,
            no_wait: false,
            check_constraints: false,
            transactional_ddl: false,
            two_phase: false,
            max_parameters: 999,
            max_statement_bytes: 1 << 20,
        }
    }
}
