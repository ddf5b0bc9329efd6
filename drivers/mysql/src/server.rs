use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bindery_core::engine::Capabilities;
use hashlink::LruCache;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use crate::statement_cache::StatementCache;

/// One round trip, in words that every version knows: one that lacks a variable leaves it out.
const QUERY: &str = "SHOW VARIABLES WHERE Variable_name IN ('version', 'wsrep_on', 'auto_increment_increment', 'max_allowed_packet')";

/// The most parameters that the protocol's message carries: their number has 16 bits.
const MAX_PARAMETERS: usize = 65_535;

/// The server at the other end of one connection: what it said of itself when that was made, and what it has prepared for it.
pub(crate) struct Server {
    pub(crate) capabilities: Arc<Capabilities>,
    /// By how much each generated key is greater than the one before it in its statement. A Galera cluster changes it as servers come and go:
    /// <https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_auto_increment_control>.
    pub(crate) key_step: Option<i64>,
    /// When the connection was made.
    pub(crate) since: Instant,
    statements: Mutex<StatementCache>,
}

impl Server {
    /// Asks it, and prepares to remember so many statements.
    pub(crate) async fn ask(conn: &mut Conn, statements: usize) -> Result<Self, mysql_async::Error> {
        let variables: HashMap<String, String> = conn.query::<(String, String), _>(QUERY).await?.into_iter().collect();
        let variable = |name: &str| variables.get(name).map_or("", String::as_str);
        let version = Version::parse(variable("version"));
        let is_cluster = variable("wsrep_on").eq_ignore_ascii_case("ON");
        let key_step = variable("auto_increment_increment").parse().ok().filter(|_| !is_cluster);
        let mut capabilities = version.capabilities(is_cluster);
        capabilities.generated_keys = key_step.is_some();
        // <https://dev.mysql.com/doc/refman/8.0/en/packet-too-large.html>
        // The client library sends a statement of more than 16 MiB value by value.
        if let Ok(bytes) = variable("max_allowed_packet").parse::<usize>() {
            capabilities.max_statement_bytes = bytes.min(16 << 20);
        }
        Ok(Server {
            capabilities: Arc::new(capabilities),
            key_step,
            since: Instant::now(),
            statements: Mutex::new(StatementCache::new(statements)),
        })
    }

    /// The same, which remembers no statement.
    fn forgetful(self) -> Self {
        Server { statements: Mutex::new(StatementCache::new(0)), ..self }
    }

    /// Nobody but the connection's holder asks for it.
    pub(crate) fn statements(&self) -> MutexGuard<'_, StatementCache> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which server it is, as far as its abilities depend on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    is_mariadb: bool,
    numbers: (u16, u16, u16),
}

impl Version {
    /// Of `10.11.14-MariaDB-0+deb12u2`, `5.7.29`, `8.0.36-0ubuntu0.22.04.1`.
    fn parse(text: &str) -> Self {
        let mut numbers = text.split(['.', '-']).map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Version { is_mariadb: text.contains("MariaDB"), numbers: (next(), next(), next()) }
    }

    fn capabilities(self, is_cluster: bool) -> Capabilities {
        // <https://mariadb.com/kb/en/insertreturning/>, <https://mariadb.com/kb/en/with/>, <https://mariadb.com/kb/en/window-functions/>,
        // <https://mariadb.com/kb/en/xa-transactions/>; <https://dev.mysql.com/doc/refman/8.0/en/with.html>,
        // <https://dev.mysql.com/doc/refman/5.7/en/xa-restrictions.html>: before these versions what was prepared vanishes with its connection.
        let since = |mariadb: (u16, u16, u16), mysql: Option<(u16, u16, u16)>| {
            if self.is_mariadb { self.numbers >= mariadb } else { mysql.is_some_and(|mysql| self.numbers >= mysql) }
        };
        let mut capabilities = Capabilities::none(self.to_string());
        capabilities.returning = since((10, 5, 0), None);
        capabilities.common_table_expressions = since((10, 2, 2), Some((8, 0, 1)));
        capabilities.window_functions = since((10, 2, 0), Some((8, 0, 2)));
        // <https://mariadb.com/kb/en/for-update/>, <https://dev.mysql.com/doc/refman/8.0/en/innodb-locking-reads.html>
        capabilities.row_locks = true;
        capabilities.skip_locked = since((10, 6, 0), Some((8, 0, 1)));
        capabilities.no_wait = since((10, 3, 0), Some((8, 0, 1)));
        // <https://mariadb.com/kb/en/constraint/>, <https://dev.mysql.com/doc/refman/8.0/en/create-table-check-constraints.html>
        capabilities.check_constraints = since((10, 2, 1), Some((8, 0, 16)));
        // A Galera cluster refuses XA: <https://mariadb.com/kb/en/mariadb-galera-cluster-known-limitations/>.
        capabilities.two_phase = !is_cluster && since((10, 5, 2), Some((5, 7, 7)));
        capabilities.max_parameters = MAX_PARAMETERS;
        capabilities
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.numbers;
        write!(f, "{} {major}.{minor}.{patch}", if self.is_mariadb { "MariaDB" } else { "MySQL" })
    }
}

/// The servers of the connections that a pool made, by the connections' numbers. The client library's own connections have no room
/// for it; of more than these, the server is asked again.
#[derive(Clone)]
pub(crate) struct Servers(Arc<Mutex<LruCache<u32, Arc<Server>>>>);

impl Servers {
    pub(crate) fn of_most(connections: usize) -> Self {
        Servers(Arc::new(Mutex::new(LruCache::new(connections))))
    }

    /// That of a connection which has just been made. It takes the place of one of the same number: that one's server was restarted, or it is
    /// another behind the same address. Neither may take the other's statements for its own, so nothing is remembered of them.
    pub(crate) fn add(&self, connection: u32, server: Server) -> Arc<Server> {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let server = if servers.contains_key(&connection) { server.forgetful() } else { server };
        let server = Arc::new(server);
        servers.insert(connection, Arc::clone(&server));
        server
    }

    pub(crate) fn get(&self, connection: u32) -> Option<Arc<Server>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&connection).cloned()
    }

    /// That of a connection which is being closed.
    pub(crate) fn remove(&self, connection: u32, server: &Arc<Server>) {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Another may have got its number since.
        if servers.peek(&connection).is_some_and(|known| Arc::ptr_eq(known, server)) {
            servers.remove(&connection);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_lacks_is_told_by_its_version() {
        for (text, shown, returning, expressions, two_phase) in [
            ("10.11.14-MariaDB-0+deb12u2", "MariaDB 10.11.14", true, true, true),
            ("10.4.2-MariaDB", "MariaDB 10.4.2", false, true, false),
            ("10.1.48-MariaDB-0ubuntu0.18.04.1", "MariaDB 10.1.48", false, false, false),
            ("8.0.36-0ubuntu0.22.04.1", "MySQL 8.0.36", false, true, true),
            ("5.7.29", "MySQL 5.7.29", false, false, true),
            ("5.6.24", "MySQL 5.6.24", false, false, false),
            ("unheard of", "MySQL 0.0.0", false, false, false),
        ] {
            let has = Version::parse(text).capabilities(false);
            assert_eq!(has.server, shown);
            assert_eq!((has.returning, has.common_table_expressions, has.two_phase), (returning, expressions, two_phase), "{text}");
            assert_eq!(has.window_functions, has.common_table_expressions, "{text}");
        }
    }

    #[test]
    fn of_two_connections_of_one_number_no_statement_is_remembered() {
        let server = || Server {
            capabilities: Arc::new(Version::parse("5.7.29").capabilities(false)),
            key_step: Some(1),
            since: Instant::now(),
            statements: Mutex::new(StatementCache::new(3)),
        };
        let servers = Servers::of_most(3);
        let first = servers.add(57, server());
        assert!(!first.statements().is_off());
        let second = servers.add(57, server());
        assert!(second.statements().is_off());
        // Who held the first finds the second, and must not take its statements for its own.
        assert!(servers.get(57).unwrap().statements().is_off());
        servers.remove(57, &first);
        assert!(servers.get(57).is_some(), "the first one's end is not the second one's");
        servers.remove(57, &second);
        assert!(!servers.add(57, server()).statements().is_off());
    }

    #[test]
    fn a_cluster_prepares_nothing() {
        assert!(!Version::parse("10.11.14-MariaDB").capabilities(true).two_phase);
    }
}
