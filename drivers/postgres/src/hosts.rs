use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use bindery_core::config::{OptionReader, OptionValue};
use tokio::net::lookup_host;

const PORT: u16 = 5432;
/// Where servers put their socket: Debian's and Red Hat's packages, then PostgreSQL's own default.
#[cfg(unix)]
const LOCAL: [&str; 2] = ["/var/run/postgresql", "/tmp"];
#[cfg(not(unix))]
const LOCAL: [&str; 1] = ["localhost"];

/// One server of a bind, as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// a name, an address, or the folder of a Unix socket
    pub(crate) name: String,
    pub(crate) port: u16,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp(SocketAddr),
    /// the folder of its socket, and the port that stands in the socket's name
    Unix(PathBuf, u16),
}

/// The order in which servers are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LoadBalance {
    #[default]
    Disable,
    Random,
}

impl LoadBalance {
    pub(crate) const WORDS: [(&str, LoadBalance); 2] = [("disable", LoadBalance::Disable), ("random", LoadBalance::Random)];

    pub(crate) fn order<T>(self, items: &mut [T]) {
        if self == LoadBalance::Random {
            // Each `RandomState` has other keys: enough chance to spread load, without a generator of random numbers.
            let random = RandomState::new();
            let mut index = 0_usize;
            items.sort_by_cached_key(|_| {
                index += 1;
                random.hash_one(index)
            });
        }
    }
}

impl Host {
    /// The hosts of a bind: from its URL, its `host` and its `port`; the local socket where it names none.
    pub(crate) fn read_all(reader: &mut OptionReader<'_>) -> Vec<Host> {
        let in_url = reader.bind().url().hosts();
        let names: Vec<&str> = in_url.iter().map(|host| host.name()).collect();
        let names = reader.text_beside("host", (!names.is_empty()).then(|| names.join(",")).as_deref());
        let names: Vec<String> = match &names {
            Some(names) => names.split(',').map(|name| name.trim().to_owned()).collect(),
            None => LOCAL.map(str::to_owned).to_vec(),
        };
        for problem in names.iter().filter_map(|name| unusable(name)) {
            reader.problem(problem);
        }
        let ports = read_ports(reader).unwrap_or_default();
        if ports.len() > 1 && ports.len() != names.len() {
            reader.problem(format!(
                "`port` has {} ports for {} hosts: there must be one for all, or one for each",
                ports.len(),
                names.len()
            ));
        }
        let hosts = names.into_iter().enumerate().map(|(index, name)| {
            let own = in_url.get(index).and_then(|host| host.port());
            let listed = if ports.len() == 1 { ports[0] } else { ports.get(index).copied().flatten() };
            if own.zip(listed).is_some_and(|(own, listed)| own != listed) {
                reader.problem("`port` is set twice, to different values: keep those of the URL's hosts or that of the option");
            }
            Host { name, port: own.or(listed).unwrap_or(PORT) }
        });
        hosts.collect()
    }

    /// Every address of this host.
    pub(crate) async fn addresses(&self) -> io::Result<Vec<Address>> {
        if self.is_socket() {
            return Ok(vec![Address::Unix(PathBuf::from(&self.name), self.port)]);
        }
        let addresses: Vec<_> = lookup_host((self.name.as_str(), self.port)).await?.map(Address::Tcp).collect();
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        }
        Ok(addresses)
    }

    /// This address of it, for a message.
    pub(crate) fn at(&self, address: &Address) -> String {
        match address {
            Address::Tcp(address) if self.name.parse() != Ok(address.ip()) => format!("{self} ({})", address.ip()),
            _ => self.to_string(),
        }
    }

    fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }
}

/// The ports of the option, separated by commas: `None` where one is left out. As an option, a number too.
fn read_ports(reader: &mut OptionReader<'_>) -> Option<Vec<Option<u16>>> {
    let bind = reader.bind();
    let option = match bind.option("port") {
        Some(OptionValue::Integer(port)) => Some(port.to_string()),
        _ => reader.keep(bind.text("port")).map(str::to_owned),
    };
    let text = reader.agreed("port", [bind.url().parameter("port").map(str::to_owned), option])?;
    let ports: Option<Vec<_>> = text
        .split(',')
        .map(|port| match port.trim() {
            "" => Some(None),
            port => port.parse().ok().filter(|port| *port != 0).map(Some),
        })
        .collect();
    if ports.is_none() {
        reader.problem("`port` must be numbers from 1 to 65535, separated by commas");
    }
    ports
}

/// Why no server can have this name.
fn unusable(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("`host` has an empty name among its hosts");
    }
    if !cfg!(unix) && name.starts_with('/') {
        return Some("`host` is the folder of a Unix socket, which this platform doesn't have");
    }
    // tokio-postgres connects to the address without its zone, which is another address.
    let zone = name.split_once('%').is_some_and(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
    zone.then_some("`host` is an IPv6 address with a zone, which the driver can't connect to: give the host a name or a global address")
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host { name, port } if self.is_socket() => write!(f, "{name}/.s.PGSQL.{port}"),
            Host { name, port } if name.contains(':') => write!(f, "[{name}]:{port}"),
            Host { name, port } => write!(f, "{name}:{port}"),
        }
    }
}
