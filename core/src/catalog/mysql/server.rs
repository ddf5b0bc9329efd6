/// A version: `(10, 11, 2)`.
type Version = (u16, u16, u16);

/// Which server it is, as far as its `information_schema` depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) is_mariadb: bool,
    version: Version,
}

impl Server {
    /// Of what `version()` says: `10.11.14-MariaDB-0+deb12u2`, `8.0.36-0ubuntu0.22.04.1`.
    pub(super) fn of(said: &str) -> Self {
        let mut numbers = said.split(['.', '-']).map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Server { is_mariadb: said.contains("MariaDB"), version: (next(), next(), next()) }
    }

    /// Whether it is MariaDB, of this version or a later one.
    pub(super) fn is_mariadb_since(&self, version: Version) -> bool {
        self.is_mariadb && self.version >= version
    }

    /// Whether it is MySQL, of this version or a later one.
    pub(super) fn is_mysql_since(&self, version: Version) -> bool {
        !self.is_mariadb && self.version >= version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_what_it_says() {
        let (mariadb, mysql) = (Server::of("10.11.14-MariaDB-0+deb12u2"), Server::of("8.0.36-0ubuntu0.22.04.1"));
        assert!(mariadb.is_mariadb_since((10, 11, 0)) && !mariadb.is_mariadb_since((11, 0, 0)) && !mariadb.is_mysql_since((5, 7, 0)));
        assert!(mysql.is_mysql_since((8, 0, 16)) && !mysql.is_mysql_since((8, 0, 37)) && !mysql.is_mariadb_since((5, 0, 0)));
    }
}
