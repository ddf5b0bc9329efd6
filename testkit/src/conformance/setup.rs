use std::any::Any;
use std::error::Error;

use bindery_core::config::{DatabaseUrl, OptionValue};
use bindery_core::engine::{Capabilities, Driver, Family};
use bindery_core::value::SqlType;

use super::family;

/// How the conformance suite reaches a backend: what the author of an engine writes to [join](crate::conformance!) it.
///
/// See [`conformance`](self::super) for an example.
pub trait Setup: Send + Sync + 'static {
    /// The driver under test.
    type Driver: Driver + Clone;

    /// What the server is expected to say that it can do, restated here so that a capability that goes shows in a diff. Compared with
    /// [`Connection::capabilities`](bindery_core::engine::Connection::capabilities); of [`Capabilities::server`] the beginning.
    fn capabilities(&self) -> Capabilities;

    /// The types that the engine's [`Dialect`](bindery_core::engine::Dialect) is expected to lack, restated here so that one that goes shows
    /// in a diff. The suite leaves out what it would do with them.
    fn without_types(&self) -> &'static [SqlType] {
        &[]
    }

    /// A query for one row of `before`, a value that can't be carried, and `after`: that of the family, unless the backend needs
    /// another. `None` where it has no such value.
    fn uncarried(&self, family: Family) -> Option<&'static str> {
        Some(family::uncarried(family))
    }

    /// Whether the engine has a [`Catalog`](bindery_core::engine::Catalog), restated here so that one that goes shows in a diff. Without
    /// one it owes nothing of CATALOG-1 to CATALOG-6, and passes their tests.
    fn has_catalog(&self) -> bool {
        false
    }

    /// A new, empty database for one test.
    ///
    /// # Errors
    /// Where there is none to be had: the test fails with it.
    fn database(&self) -> impl Future<Output = Result<TestDatabase<Self::Driver>, Box<dyn Error + Send + Sync>>> + Send;
}

/// A database for one test: where it is, and what keeps it there.
pub struct TestDatabase<D> {
    pub(super) driver: D,
    pub(super) url: DatabaseUrl,
    pub(super) options: Vec<(String, OptionValue)>,
    /// Dropped at the end of the test.
    pub(super) guard: Box<dyn Any + Send>,
}

impl<D: Driver + Clone> TestDatabase<D> {
    /// The database that this driver finds at this URL. Every connection to that URL must reach the same one: the suite looks at it
    /// through a second engine, so a database in the memory of one engine won't do.
    ///
    /// `guard` is kept until the test is over: a temporary folder, a server.
    pub fn new(driver: D, url: DatabaseUrl, guard: impl Any + Send) -> Self {
        TestDatabase { driver, url, options: Vec::new(), guard: Box::new(guard) }
    }

    /// With an option of the bind: the driver's own, or one that every bind has.
    #[must_use]
    pub fn with_option(mut self, name: impl Into<String>, value: impl Into<OptionValue>) -> Self {
        self.options.push((name.into(), value.into()));
        self
    }

    /// With another driver for the same database: one that wraps this one.
    #[must_use]
    pub fn map_driver<W: Driver + Clone>(self, wrap: impl FnOnce(D) -> W) -> TestDatabase<W> {
        TestDatabase { driver: wrap(self.driver), url: self.url, options: self.options, guard: self.guard }
    }
}
