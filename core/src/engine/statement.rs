use crate::value::{SqlType, ValueRef};
use crate::{Error, ErrorKind};

/// One statement, ready to be sent: text in the backend's own dialect, and its parameters in order.
///
/// ```
/// use bindery_core::engine::{Effect, Param, Statement};
/// use bindery_core::value::{SqlType, ValueRef};
///
/// let params = [Param::new(ValueRef::Text("ada@example.org"), Some(SqlType::Text)), Param::new(ValueRef::Null, None)];
/// let statement = Statement::new("update users set email = ?, name = ?", &params, Effect::Write);
/// assert_eq!(statement.params.len(), 2);
/// assert!(!format!("{statement:?}").contains("ada@example.org")); // a value may be a secret
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Statement<'a> {
    /// the text, with the backend's own placeholders
    pub sql: &'a str,
    /// the parameters, in the order of the placeholders
    pub params: &'a [Param<'a>],
    /// whether it only reads
    pub effect: Effect,
    /// the table that it is of, where there is one: for spans
    pub table: Option<&'a str>,
}

impl<'a> Statement<'a> {
    /// A statement with parameters.
    pub const fn new(sql: &'a str, params: &'a [Param<'a>], effect: Effect) -> Self {
        Statement { sql, params, effect, table: None }
    }

    /// That it is of this table.
    #[must_use]
    pub const fn of_table(mut self, table: Option<&'a str>) -> Self {
        self.table = table;
        self
    }
}

/// What a statement may do to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It only reads. Sent to a server that can check it (SQLite), a statement that writes nevertheless is refused.
    Read,
    /// It may write.
    Write,
}

/// One parameter of a [`Statement`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Param<'a> {
    /// the value
    pub value: ValueRef<'a>,
    /// the type that it is sent as, NULL included; `None`: the server infers it from the statement
    pub sql_type: Option<SqlType>,
    /// the column that it is stored in or compared with, where there is one: for the error of a value that doesn't fit
    pub column: Option<&'a str>,
}

impl<'a> Param<'a> {
    /// A parameter of a type.
    pub const fn new(value: ValueRef<'a>, sql_type: Option<SqlType>) -> Self {
        Param { value, sql_type, column: None }
    }

    /// That it is for a column of this name.
    #[must_use]
    pub const fn for_column(mut self, column: Option<&'a str>) -> Self {
        self.column = column;
        self
    }

    /// The error of an engine that can't send it: [`ErrorKind::InvalidValue`], which names the column where there is one. The problem
    /// says nothing of the value itself.
    ///
    /// ```
    /// use bindery_core::engine::Param;
    /// use bindery_core::value::ValueRef;
    ///
    /// let param = Param::new(ValueRef::F64(f64::NAN), None).for_column(Some("rate"));
    /// assert_eq!(param.refused("MyDb has no NaN").to_string(), "MyDb has no NaN (column `rate`)");
    /// ```
    pub fn refused(&self, problem: impl Into<String>) -> Error {
        let error = Error::new(ErrorKind::InvalidValue, problem);
        match self.column {
            Some(column) => error.at_column(column),
            None => error,
        }
    }
}

impl std::fmt::Debug for Param<'_> {
    // The value may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Param").field("value", &self.value.kind_name()).field("sql_type", &self.sql_type).finish()
    }
}
