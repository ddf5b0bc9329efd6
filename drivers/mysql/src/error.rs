//! The one place that maps MySQL's and MariaDB's error codes (<https://mariadb.com/kb/en/mariadb-error-code-reference/>,
//! <https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html>) to bindery's error kinds.

use bindery_core::{Error, ErrorKind};
use mysql_async::{DriverError, Error as MysqlError, IoError};

use crate::ServerError;

/// The transaction was rolled back as a deadlock's victim.
pub(crate) const DEADLOCK: u16 = 1213;
/// The XA transaction has failed, and can only be rolled back.
const XA_ROLLED_BACK: [u16; 3] = [1402, 1613, 1614];
/// Of one that was prepared: there was nothing to keep.
pub(crate) const XA_KEPT_NOTHING: u16 = 1402;
/// There is no XA transaction of this id, or another connection has it.
pub(crate) const XA_UNKNOWN: u16 = 1397;
/// The statement can't be prepared.
pub(crate) const NOT_PREPARABLE: u16 = 1295;
/// A user has come to one of their limits: of connections, or of what they may do in an hour.
const USER_LIMIT: u16 = 1226;
/// KILL QUERY.
pub(crate) const INTERRUPTED: u16 = 1317;

/// Whether a statement had been sent when its connection broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    No,
    Yes,
}

/// The error of a call to the client library, to the server of this name.
pub(crate) fn from_mysql(error: MysqlError, server: &str, sent: Sent) -> Error {
    match error {
        MysqlError::Server(said) => from_server(&said),
        MysqlError::Io(IoError::Io(error)) if is_of_tls(&error) => of_tls(server).with_source(error),
        MysqlError::Io(IoError::Io(error)) if is_too_large(&error) => from_library(&DriverError::PacketTooLarge, server, sent),
        MysqlError::Io(IoError::Io(error)) => lost(server, sent).with_source(error),
        MysqlError::Io(IoError::Tls(error)) => of_tls(server).with_source(error),
        MysqlError::Driver(error) => from_library(&error, server, sent),
        MysqlError::Other(error) => Error::new(ErrorKind::Server, "the MySQL client library failed").with_source(error),
        // Its texts quote the URL; bindery gives it none.
        MysqlError::Url(_) => internal("the MySQL client library was given a wrong address"),
    }
}

fn of_tls(server: &str) -> Error {
    let message = format!("the encrypted connection to {server} failed: look at `ssl_mode`, `ssl_ca` and the server's certificate");
    Error::new(ErrorKind::ConnectionLost, message)
}

/// Whether rustls says it, of a certificate or of what the other end speaks.
pub(crate) fn is_of_tls(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

/// Whether the client library refused a packet for its size, before any of it was sent: its type has no public name.
fn is_too_large(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.to_string().contains("larger than max_allowed_packet"))
}

/// What the client library itself says; its own text may quote what the server sent.
fn from_library(error: &DriverError, server: &str, sent: Sent) -> Error {
    let (kind, message) = match error {
        DriverError::ConnectionClosed => return lost(server, sent),
        DriverError::PoolDisconnected => (ErrorKind::ConnectionLost, "the engine is closed"),
        DriverError::MixedParams => {
            (ErrorKind::InvalidStatement, "the statement has `?` and `:name`: placeholders are `?` here, and a `:name` stands in quotes")
        }
        DriverError::Params(_) | DriverError::StmtParamsMismatch { .. } => {
            (ErrorKind::InvalidStatement, "the statement has a `:name`: placeholders are `?` here, and a `:name` stands in quotes")
        }
        DriverError::PacketTooLarge => {
            (ErrorKind::InvalidValue, "the statement, or one of its values, is larger than the server's `max_allowed_packet`")
        }
        DriverError::NoClientSslFlagFromServer => (
            ErrorKind::ConnectionLost,
            "the server does not encrypt connections, which `ssl_mode` asks for: set it up there, or change the option",
        ),
        DriverError::UnknownAuthPlugin { .. } | DriverError::MysqlOldPasswordDisabled | DriverError::CleartextPluginDisabled => (
            ErrorKind::PermissionDenied,
            "the server wants a login by a method that is not known here, or is not safe: give the user `mysql_native_password` or \
             `caching_sha2_password`",
        ),
        DriverError::LocalInfile(_) => (
            ErrorKind::Unsupported,
            "LOAD DATA LOCAL is not sent as a statement: use the connection that `session.native::<Mysql>(bind)` lends",
        ),
        DriverError::PacketOutOfOrder | DriverError::UnexpectedPacket { .. } => {
            return Error::new(ErrorKind::ConnectionLost, format!("{server} does not speak MySQL's protocol as it should"));
        }
        other => {
            let message = format!("the MySQL client library could not go on with this connection ({})", name(other));
            return Error::new(ErrorKind::Server, message);
        }
    };
    Error::new(kind, message)
}

/// The name alone of what the client library says, without what it may quote.
fn name(error: &DriverError) -> String {
    format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The error of a connection that broke.
pub(crate) fn lost(server: &str, sent: Sent) -> Error {
    let when = match sent {
        Sent::No => "before the statement was sent",
        Sent::Yes => "before the server answered: whether the statement took effect is not known",
    };
    Error::new(ErrorKind::ConnectionLost, format!("the connection to the MySQL server at {server} broke {when}"))
}

/// Why a connection can't be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The server has let go of it, or is out of reach.
    Lost,
    /// Nothing more may be sent on it. The server may hold it still, with all that is open on it.
    Unusable,
}

/// Whether an error is the end of its connection.
pub(crate) fn ending(error: &MysqlError) -> Option<Ending> {
    match error {
        MysqlError::Server(said) => by_code(said.code).filter(|(kind, _)| *kind == ErrorKind::ConnectionLost).map(|_| Ending::Lost),
        // Found in the text, before it is sent.
        MysqlError::Driver(DriverError::MixedParams) => None,
        MysqlError::Driver(DriverError::ConnectionClosed) => Some(Ending::Lost),
        MysqlError::Io(IoError::Io(error)) if is_too_large(error) => Some(Ending::Unusable),
        MysqlError::Io(_) => Some(Ending::Lost),
        _ => Some(Ending::Unusable),
    }
}

/// Whether the server has no room for another connection.
pub(crate) fn is_full(error: &MysqlError) -> bool {
    matches!(error, MysqlError::Server(said) if matches!(said.code, 1040 | 1203) || is_user_full(said))
}

/// Whether a user has as many connections as they may have. The server quotes the limit's name in every language.
fn is_user_full(said: &mysql_async::ServerError) -> bool {
    said.code == USER_LIMIT && said.message.contains("max_user_connections")
}

/// Whether the server no longer has, or no longer runs, a statement that it has prepared.
pub(crate) fn is_stale(error: &MysqlError) -> bool {
    matches!(error, MysqlError::Server(said) if matches!(said.code, 1243 | 1615))
}

/// Whether an error of the server says that it has rolled the whole transaction back.
pub(crate) fn ends_transaction(code: u16) -> bool {
    code == DEADLOCK || XA_ROLLED_BACK.contains(&code)
}

fn from_server(said: &mysql_async::ServerError) -> Error {
    // It is the limit that 1203 tells of, too.
    let number = if is_user_full(said) { 1203 } else { said.code };
    let (kind, message) = by_code(number).unwrap_or_else(|| by_state(&said.state));
    let said = ServerError::new(said);
    let mut mapped = Error::new(kind, message);
    if let Some(column) = quoted_column(&said) {
        mapped = mapped.at_column(column);
    }
    mapped.with_source(said)
}

/// The column of `Column 'email' cannot be null` and the other messages of one column, in English.
fn quoted_column(said: &ServerError) -> Option<&str> {
    let message = said.message();
    let (_, name) = match said.code() {
        1048 => message.split_once("Column ")?,
        1364 => message.split_once("Field ")?,
        1264 | 1265 | 1366 | 1406 => message.rsplit_once(" column ")?,
        _ => return None,
    };
    let end = [" at row", " cannot be null", " doesn't have"].iter().find_map(|end| name.find(end))?;
    // `'n'`, or with its table: `` `shop`.`items`.`n` ``.
    name[..end].trim_matches(['\'', '`']).rsplit("`.`").next()
}

fn by_code(code: u16) -> Option<(ErrorKind, &'static str)> {
    Some(match code {
        1020 => (ErrorKind::SerializationFailure, "a row that this transaction has read was changed by another since"),
        1021 => (ErrorKind::Server, "the server's disk is full"),
        1114 => (ErrorKind::Server, "the table, or the server's disk, is full (a MEMORY table ends at `max_heap_table_size`)"),
        1037 | 1038 | 1041 | 1206 => (ErrorKind::Server, "the server ran out of memory, or of room for locks"),
        1040 => (ErrorKind::ConnectionLost, "the server takes no more connections: lower `pool_size`, or raise its `max_connections`"),
        1203 => (ErrorKind::ConnectionLost, "the server takes no more connections of this user: lower `pool_size`, or raise its limit"),
        USER_LIMIT => (ErrorKind::Server, "this user has come to a limit that the server sets: the server's message names it"),
        1129 => (ErrorKind::PermissionDenied, "the server has blocked this host after failed logins: `FLUSH HOSTS` there lets it in again"),
        1130 => (ErrorKind::PermissionDenied, "no user of the server may come from this host: create one for it"),
        1044 | 1045 | 1698 => (ErrorKind::PermissionDenied, "the server refused the user, the password or the database"),
        1049 => (ErrorKind::Sql, "the server has no database of this name"),
        1053 | 1077 | 1079 => (ErrorKind::ConnectionLost, "the server closed the connection: it is shutting down"),
        1152 | 1158 | 1159 | 1160 | 1161 | 1184 => (ErrorKind::ConnectionLost, "the connection to the MySQL server broke"),
        4031 => (ErrorKind::ConnectionLost, "the server closed the connection, which did nothing for too long (`wait_timeout`)"),
        1927 => (ErrorKind::ConnectionLost, "the server closed the connection: someone ended it"),
        1153 => (ErrorKind::InvalidValue, "the statement, or one of its values, is larger than the server's `max_allowed_packet`"),
        1142 | 1143 | 1227 | 1370 | 1410 | 1419 => (ErrorKind::PermissionDenied, "the server does not permit this to the bind's user"),
        1792 => (ErrorKind::PermissionDenied, "this transaction only reads"),
        1290 => (
            ErrorKind::PermissionDenied,
            "an option of the server forbids this, and its message says which: with `--read-only` it is a replica, so name the primary",
        ),
        1836 => (ErrorKind::PermissionDenied, "the server only reads: it is a replica, so name the primary"),
        3100 => (ErrorKind::Server, "a plugin of the server has refused the transaction"),
        1048 | 1263 => (ErrorKind::NotNullViolation, "the column does not allow NULL"),
        1364 => (ErrorKind::NotNullViolation, "the column has no default, and was given no value"),
        1022 | 1062 | 1169 | 1557 | 1586 | 1859 => (ErrorKind::UniqueViolation, "a row with this key is there already"),
        1216 | 1217 | 1451 | 1452 | 1761 | 1762 => {
            (ErrorKind::ForeignKeyViolation, "a foreign key refers to a row that is not there, or a row is still referred to")
        }
        3819 | 4025 => (ErrorKind::CheckViolation, "a CHECK constraint refused the row"),
        1369 => (ErrorKind::CheckViolation, "the view's CHECK OPTION refused the row"),
        1644 => (ErrorKind::CheckViolation, "a trigger or procedure of the database refused this"),
        1205 | 3572 => (
            ErrorKind::Locked,
            "another connection holds the lock; waiting for it took too long (`innodb_lock_wait_timeout`, of tables `lock_wait_timeout`), or was not \
             wanted",
        ),
        DEADLOCK | 1614 => {
            (ErrorKind::Deadlock, "this transaction was chosen as the victim of a deadlock: run it again from its beginning")
        }
        1402 | 1613 => (ErrorKind::TransactionAborted, "the server has rolled the transaction back"),
        1399 => {
            (ErrorKind::InvalidStatement, "the statement does not go with the state of its transaction, which is prepared or has failed")
        }
        XA_UNKNOWN => {
            (ErrorKind::UnknownTransaction, "no transaction of this id is prepared on this database: it was finished, or never prepared")
        }
        1440 => (ErrorKind::UniqueViolation, "a transaction of this id is there already"),
        INTERRUPTED => (ErrorKind::Interrupted, "the statement was cancelled, and undone"),
        1907 | 1969 | 3024 => (ErrorKind::Timeout, "the statement took longer than the server lets it, and was undone"),
        1180 | 1181 => (ErrorKind::Server, "the server failed at the end of the transaction"),
        1235 | 1295 => (ErrorKind::Unsupported, "this server, or its protocol for prepared statements, can not do this"),
        1101 => (
            ErrorKind::Unsupported,
            "this server gives no default to text or bytes without a length: give text a `max_length`, bytes `type = \"varbinary(…)\"`",
        ),
        1170 => {
            (ErrorKind::Unsupported, "text or bytes in a key must have a length: give text a `max_length`, bytes `type = \"varbinary(…)\"`")
        }
        1071 => (ErrorKind::Unsupported, "the key is too long: InnoDB's have 3,072 bytes, and a character of text takes four of them"),
        1390 => (ErrorKind::Unsupported, "the statement has more parameters than the 65,535 that the protocol carries"),
        1264 | 1690 => (ErrorKind::InvalidValue, "the value is out of the range of its column"),
        1406 => (ErrorKind::InvalidValue, "the value is too long for its column"),
        1265 | 1292 | 1366 | 1367 | 1411 | 1525 | 3140 | 3144 | 3156 => {
            (ErrorKind::InvalidValue, "a value does not fit the type that the server wants")
        }
        4078 => (ErrorKind::InvalidValue, "a value is of a kind that the server does not compute with"),
        1093 => (ErrorKind::Unsupported, "MySQL reads in no subquery the table that the statement changes: ask for its rows' keys first"),
        3065 => (ErrorKind::Sql, "MySQL orders distinct rows by what they have only"),
        1365 => (ErrorKind::Sql, "the statement divides by zero"),
        1054 => (ErrorKind::Sql, "the statement names a column that is not there"),
        1052 => (ErrorKind::Sql, "the statement names a column that several of its tables have: say of which it is"),
        1051 | 1109 | 1146 => {
            (ErrorKind::Sql, "the statement names a table that is not in this database: `create_all` makes those that are declared")
        }
        1064 => (ErrorKind::Sql, "MySQL does not understand the statement: is it one, and are its placeholders `?`"),
        1305 => (ErrorKind::Sql, "the statement names a function, a procedure or a savepoint that is not there"),
        _ => return None,
    })
}

/// By the first two characters of the SQLSTATE.
fn by_state(state: &str) -> (ErrorKind, &'static str) {
    match &state[..state.len().min(2)] {
        "08" => (ErrorKind::ConnectionLost, "the connection to the MySQL server broke"),
        "0A" => (ErrorKind::Unsupported, "MySQL can not do this"),
        "22" => (ErrorKind::InvalidValue, "a value does not fit the type or length that the server wants"),
        "23" => (ErrorKind::CheckViolation, "a constraint refused the row"),
        "28" => (ErrorKind::PermissionDenied, "the server refused the user or the password"),
        "40" => (ErrorKind::SerializationFailure, "two transactions ran into each other"),
        "70" => (ErrorKind::Interrupted, "the statement was cancelled, and undone"),
        "42" | "21" => (ErrorKind::Sql, "MySQL does not accept the statement"),
        "45" => (ErrorKind::CheckViolation, "a trigger or procedure of the database refused this"),
        _ => (ErrorKind::Server, "MySQL failed"),
    }
}

/// A bug, or an engine used after its end.
pub(crate) fn internal(message: &str) -> Error {
    Error::new(ErrorKind::Internal, message)
}

/// The server's number of an error, where it comes from there.
pub(crate) fn code(error: &Error) -> Option<u16> {
    Some(std::error::Error::source(error)?.downcast_ref::<ServerError>()?.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16, message: &str) -> Error {
        from_server(&mysql_async::ServerError { code, message: message.to_owned(), state: "HY000".to_owned() })
    }

    #[test]
    fn the_column_is_told_and_no_value() {
        for (code, message) in [
            (1048, "Column 'n' cannot be null"),
            (1364, "Field 'n' doesn't have a default value"),
            (1264, "Out of range value for column 'n' at row 1"),
            (1366, "Incorrect integer value: 'hunter2 for column 'm'' for column `shop`.`items`.`n` at row 1"),
            (1406, "Data too long for column 'n' at row 1"),
        ] {
            let error = said(code, message);
            assert_eq!(error.column(), Some("n"), "{message}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_code_that_is_not_known_has_the_class_of_its_state() {
        let error = from_server(&mysql_async::ServerError { code: 65_000, message: String::new(), state: "23000".to_owned() });
        assert_eq!(error.kind(), ErrorKind::CheckViolation);
        assert_eq!(said(65_000, "").kind(), ErrorKind::Server);
    }
}
