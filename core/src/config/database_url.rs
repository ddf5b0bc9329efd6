use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::url_parser;
use crate::{Error, ErrorKind, Result};

/// The URL of a database, taken apart and decoded.
///
/// `scheme://user:password@host:port/path?name=value`, as SQLAlchemy's users write it: each part after `://` may be missing, there
/// may be several hosts (`h1:5432,h2:5433`), an IPv6 address stands in brackets, and the path begins after the slash that ends the
/// hosts, so that `sqlite:///notes.db` is relative and `sqlite:////var/notes.db` absolute. User, password, hosts and path are
/// percent-decoded; so are the parameters, in which `+` is a space too.
///
/// `Display` and `Debug` show `***` for the password and for each parameter's value.
///
/// ```
/// use bindery_core::config::DatabaseUrl;
///
/// let url: DatabaseUrl = "postgres://ada:s%40crt@db.example.org:5433/main?sslmode=require".parse()?;
/// assert_eq!((url.scheme(), url.user(), url.password()), ("postgres", Some("ada"), Some("s@crt")));
/// assert_eq!((url.hosts()[0].name(), url.hosts()[0].port()), ("db.example.org", Some(5433)));
/// assert_eq!((url.path(), url.parameter("sslmode")), ("main", Some("require")));
/// assert_eq!(url.to_string(), "postgres://ada:***@db.example.org:5433/main?sslmode=***");
///
/// let url = DatabaseUrl::new("mysql")?.with_user("ada").with_password("s@crt").with_host("localhost", None)?.with_path("users");
/// assert_eq!(url, "mysql://ada:s%40crt@localhost/users".parse()?);
/// # Ok::<(), bindery_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    scheme: String,
    user: Option<String>,
    password: Option<String>,
    hosts: Vec<Host>,
    path: String,
    parameters: Vec<(String, String)>,
}

/// One server of a [`DatabaseUrl`]: a name or an address, and a port where the URL has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// The name or address, decoded; an IPv6 address without its brackets. PostgreSQL's URLs can have a socket's folder here.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The port; `None` is the backend's usual one.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    pub(super) fn is_ipv6(name: &str) -> bool {
        name.split_once('%').map_or(name, |(address, _zone)| address).parse::<Ipv6Addr>().is_ok()
    }
}

impl DatabaseUrl {
    /// A URL of this scheme and nothing more; the scheme is kept in lower case.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where the scheme isn't a letter, then letters, digits, `+`, `-` and `.`.
    pub fn new(scheme: &str) -> Result<Self> {
        let mut bytes = scheme.bytes();
        let valid = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        if !valid {
            return Err(malformed("its scheme is not a letter, then letters, digits, `+`, `-` and `.`"));
        }
        Ok(DatabaseUrl {
            scheme: scheme.to_ascii_lowercase(),
            user: None,
            password: None,
            hosts: Vec::new(),
            path: String::new(),
            parameters: Vec::new(),
        })
    }

    /// With this user; an empty one is none.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into()).filter(|user| !user.is_empty());
        self
    }

    /// With this password.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// With one more host.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] where the name is empty or the port is 0.
    pub fn with_host(mut self, name: impl Into<String>, port: Option<u16>) -> Result<Self> {
        let name = name.into();
        if name.is_empty() {
            return Err(malformed("a host is empty"));
        }
        if port == Some(0) {
            return Err(malformed("a port is 0"));
        }
        self.hosts.push(Host { name, port });
        Ok(self)
    }

    /// With this path: a database's name, a file.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// With this query parameter, instead of one of the same name.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.parameters.retain(|(other, _)| *other != name);
        self.parameters.push((name, value));
        self
    }

    /// The scheme, in lower case: `sqlite`, `postgresql`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The user, where one is named.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password, where there is one; it may be empty.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The hosts, in the order in which they are to be tried. None: the backend's local connection.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The path without the slash that ends the authority, decoded: `main` of `postgresql:///main`, `/abs/meta.db` of
    /// `sqlite:////abs/meta.db`, empty for none.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A query parameter, decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every query parameter, decoded, in the URL's order; no name comes twice.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The whole URL as text, **with its password** and its parameters' values: for a client library, never for a log.
    pub fn to_string_with_password(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` can't fail.
        let _ = self.write(&mut text, |secret| encoded(secret, UNRESERVED));
        text
    }

    fn write(&self, f: &mut impl fmt::Write, secret: impl Fn(&str) -> String) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if let Some(user) = &self.user {
            f.write_str(&encoded(user, UNRESERVED))?;
        }
        if let Some(password) = &self.password {
            write!(f, ":{}", secret(password))?;
        }
        if self.user.is_some() || self.password.is_some() {
            f.write_char('@')?;
        }
        for (index, host) in self.hosts.iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            if Host::is_ipv6(&host.name) {
                write!(f, "[{}]", encoded(&host.name, PATH))?;
            } else {
                f.write_str(&encoded(&host.name, UNRESERVED))?;
            }
            if let Some(port) = host.port {
                write!(f, ":{port}")?;
            }
        }
        if !self.path.is_empty() {
            write!(f, "/{}", encoded(&self.path, PATH))?;
        }
        for (index, (name, value)) in self.parameters.iter().enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            write!(f, "{separator}{}={}", encoded(name, UNRESERVED), secret(value))?;
        }
        Ok(())
    }
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &UNRESERVED.remove(b'/').remove(b':');

fn encoded(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

/// The error of a URL that can't be read; it never has a piece of the URL in it.
pub(super) fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("the URL is malformed: {what}"))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |_| "***".to_owned())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Configuration`], which says what is wrong without a piece of the URL.
    fn from_str(text: &str) -> Result<Self> {
        url_parser::parse(text)
    }
}

impl TryFrom<&str> for DatabaseUrl {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        text.parse()
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl TryFrom<&String> for DatabaseUrl {
    type Error = Error;

    fn try_from(text: &String) -> Result<Self> {
        text.parse()
    }
}
