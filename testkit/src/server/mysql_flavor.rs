/// Which server a [`TempMysql`](super::TempMysql) is: they speak one protocol and much of one SQL, and differ in the rest.
///
/// ```
/// use bindery_testkit::{MysqlFlavor, TempMysql};
///
/// let server = TempMysql::shared(MysqlFlavor::MariaDb)?;
/// assert!(server.sql("SELECT version()")?.contains("MariaDB"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MysqlFlavor {
    /// MariaDB: the folder that `BINDERY_MARIADB_BIN` names, or its `bin`, has its `mariadbd`; else `PATH`, or where packages put it.
    MariaDb,
    /// Oracle's MySQL: the folder that `BINDERY_MYSQL_BIN` names, or its `bin`, has its `mysqld`; else `PATH`, or where packages put
    /// it. A `mysqld` that is MariaDB's is passed over. So is a folder that isn't there: in bindery's own repository the variable
    /// always names the one that `scripts/install-tools` fetches MySQL 5.7 into, where no other is installed.
    MySql,
}
