use std::fmt;

/// What MySQL or MariaDB said: the source of a bindery error.
///
/// Its texts have the server's code, state and message, without what may be a value: the messages of MySQL quote those (`Duplicate entry
/// 'ada@example.org' for key 'email'`). [`message`](ServerError::message) has all of it.
///
/// ```
/// use std::error::Error;
///
/// /// MySQL's own number of an error.
/// fn code(error: &bindery_core::Error) -> Option<u16> {
///     Some(error.source()?.downcast_ref::<bindery_mysql::ServerError>()?.code())
/// }
/// ```
#[derive(Clone)]
pub struct ServerError {
    code: u16,
    state: String,
    message: String,
}

/// What is said of names alone: <https://mariadb.com/kb/en/mariadb-error-code-reference/>.
const WITHOUT_VALUES: [u16; 55] = [
    1005, 1007, 1008, 1022, 1040, 1044, 1045, 1046, 1048, 1049, 1050, 1051, 1052, 1053, 1054, 1055, 1056, 1060, 1061, 1068, 1071, 1072,
    1075, 1091, 1101, 1103, 1114, 1129, 1130, 1136, 1142, 1143, 1146, 1170, 1176, 1205, 1213, 1216, 1217, 1222, 1226, 1227, 1235, 1264,
    1290, 1295, 1305, 1364, 1399, 1406, 1451, 1452, 1792, 1927, 4025,
];

impl ServerError {
    pub(crate) fn new(said: &mysql_async::ServerError) -> Self {
        ServerError { code: said.code, state: said.state.clone(), message: said.message.clone() }
    }

    /// MySQL's number of the error.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The SQLSTATE.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The server's message, which may quote values.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The key of `Duplicate entry '…' for key 'users.email'`: what stands before it is the value, quotes and all.
    pub(crate) fn key(&self) -> Option<&str> {
        // In another language the value may stand elsewhere.
        if !matches!(self.code, 1062 | 1586) || !self.message.starts_with("Duplicate entry '") {
            return None;
        }
        let (_, key) = self.message.rsplit_once(" for key ")?;
        Some(key.trim_matches('\''))
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ERROR {} ({})", self.code, self.state)?;
        match self.key() {
            Some(key) => write!(f, ": duplicate entry for key '{key}'"),
            None if WITHOUT_VALUES.contains(&self.code) => write!(f, ": {}", self.message),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerError({self})")
    }
}

// No source: the client library's error prints the whole message.
impl std::error::Error for ServerError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16, message: &str) -> String {
        ServerError { code, state: "23000".to_owned(), message: message.to_owned() }.to_string()
    }

    #[test]
    fn no_value_is_told() {
        assert_eq!(
            said(1062, "Duplicate entry 'a' for key 'b' for key 'users.email'"),
            "ERROR 1062 (23000): duplicate entry for key 'users.email'"
        );
        assert_eq!(said(1062, "Doppelter Eintrag 'x for key hunter2' für Schlüssel 'k'"), "ERROR 1062 (23000)");
        assert_eq!(said(1366, "Incorrect integer value: 'hunter2' for column 'n' at row 1"), "ERROR 1366 (23000)");
        assert_eq!(said(1048, "Column 'email' cannot be null"), "ERROR 1048 (23000): Column 'email' cannot be null");
    }
}
