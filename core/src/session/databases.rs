use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::binds::Binds;
use super::builder::Builder;
use super::session::Session;
use crate::config::{BindConfig, MigrationOptions};
use crate::engine::{Driver, Effect, Engine, Lease, Watched};
use crate::schema::Metadata;
use crate::{BindKey, Error, ErrorKind, Result, ToBindKey};

/// The configured databases of an application: one engine for each bind. Cheap to clone and shared by the whole application.
///
/// `Databases` alone means mixed backends; `Databases<Sqlite>` are all of one, statically known.
///
/// ```
/// use bindery::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let builder = bindery::builder().without_registered();
/// let databases = builder.bind("default", "sqlite://").bind("auth", "sqlite://").connect().await?;
/// databases.create_all(All).await?;
///
/// let session = databases.session();
/// assert_eq!(session.one(raw("auth", "select 1").rows::<(i64,)>()).await?, (1,));
/// databases.close().await;
/// # Ok(())
/// # }
/// ```
pub struct Databases<E: Engine + ?Sized = dyn Engine> {
    inner: Arc<Inner<E>>,
}

struct Inner<E: ?Sized> {
    binds: Vec<Bound<E>>,
    // Each statement looks its bind up, and there are few: comparing names is faster than hashing one.
    places: BTreeMap<BindKey, usize>,
    migrations: MigrationOptions,
}

/// One bind: its engine and its tables.
pub(crate) struct Bound<E: ?Sized> {
    pub(crate) key: BindKey,
    pub(crate) engine: Arc<E>,
    pub(crate) metadata: Metadata,
    /// The bind's `pool_timeout`.
    pub(super) patience: Duration,
    /// What is told of its statements.
    pub(super) watched: Arc<Watched>,
}

impl Databases {
    /// Starts a configuration from nothing: no file, no environment, no driver. The facade's `bindery::builder()` has the drivers
    /// that its Cargo features enable.
    ///
    /// ```
    /// use bindery::{SqliteDriver, session::Databases};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let builder = Databases::builder().driver(SqliteDriver).bind("default", "sqlite://");
    /// # let builder = builder.without_registered();
    /// let databases = builder.connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl<E: Engine> Databases<E> {
    /// Starts a configuration in which every bind is of this driver's backend, so that the engines' type is known:
    /// `Databases::with_driver(SqliteDriver)` leads to a `Databases<Sqlite>`.
    ///
    /// ```
    /// use bindery::session::Databases;
    /// use bindery::{Sqlite, SqliteDriver};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let databases: Databases<Sqlite> =
    ///     Databases::with_driver(SqliteDriver).bind("default", "sqlite://").without_registered().connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_driver(driver: impl Driver<Engine = E>) -> Builder<E> {
        Builder::<E>::new().driver(driver)
    }

    /// The same databases, their backend forgotten.
    ///
    /// ```
    /// use bindery::{SqliteDriver, session::Databases};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// struct Application {
    ///     databases: Databases, // whatever the backends are
    /// }
    ///
    /// let databases = Databases::with_driver(SqliteDriver).bind("default", "sqlite://").without_registered().connect().await?;
    /// let application = Application { databases: databases.erase() };
    /// # Ok(())
    /// # }
    /// ```
    pub fn erase(&self) -> Databases {
        self.map_engines(|_, engine| Arc::clone(engine) as Arc<dyn Engine>)
    }
}

impl<E: Engine + ?Sized> Bound<E> {
    pub(super) fn new(bind: &BindConfig, engine: Arc<E>) -> Self {
        let watched = Watched::new(bind.key(), engine.backend(), engine.namespace(), bind.trace());
        Bound { key: bind.key(), engine, metadata: Metadata::new(bind.key()), patience: bind.pool().timeout, watched: Arc::new(watched) }
    }

    /// A connection of its pool, guarded.
    pub(crate) async fn acquire(&self, effect: Effect) -> Result<Lease> {
        Ok(Lease::watched(self.engine.acquire(effect).await?, Arc::clone(&self.watched)))
    }
}

impl<E: Engine + ?Sized> Databases<E> {
    pub(super) fn new(binds: Vec<Bound<E>>, migrations: MigrationOptions) -> Self {
        let places = binds.iter().enumerate().map(|(place, bound)| (bound.key, place)).collect();
        Databases { inner: Arc::new(Inner { binds, places, migrations }) }
    }

    /// A session. It costs nothing; no connection is made before the first statement.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// let (one, another) = (databases.session(), databases.session());
    /// assert_eq!(one.count(User::select()).await?, another.count(User::select()).await?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(&self) -> Session<E> {
        Session::new(self.clone())
    }

    /// The keys, in the order of the configuration.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// assert_eq!(databases.binds().collect::<Vec<_>>(), [BindKey::DEFAULT, BindKey::from_static("auth")]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn binds(&self) -> impl ExactSizeIterator<Item = BindKey> {
        self.inner.binds.iter().map(|bound| bound.key)
    }

    /// The engine of a bind.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// let engine = databases.engine("auth")?;
    /// assert_eq!(engine.backend(), "sqlite");
    /// assert_eq!(engine.pool_status().in_use, 0);
    ///
    /// let error = databases.engine("meta").err().unwrap();
    /// assert_eq!(error.kind(), ErrorKind::UnknownBind);
    /// assert_eq!(error.to_string(), "bind `meta` is not configured: the configured binds are `default`, `auth` (bind `meta`)");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`], with the known binds.
    pub fn engine(&self, bind: impl ToBindKey) -> Result<&Arc<E>> {
        let (_, bound) = self.bound(bind.to_bind_key()?)?;
        Ok(&bound.engine)
    }

    /// How long a statement on a bind waits for a connection: its `pool_timeout`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// assert_eq!(databases.pool_timeout("auth")?.as_secs(), 30);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`], with the known binds.
    pub fn pool_timeout(&self, bind: impl ToBindKey) -> Result<Duration> {
        let (_, bound) = self.bound(bind.to_bind_key()?)?;
        Ok(bound.patience)
    }

    /// The same binds, with their tables and options, on other engines: each one's is made from the one that it has. For engines that
    /// wrap another, to count, delay, refuse or rewrite what it is sent; an application takes the result as it takes any databases.
    ///
    /// The engines that these databases have stay open, whatever becomes of the others. Spans name the backend and the database that these have.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use bindery::engine::{Catalog, Connection, Dialect, Effect, Engine, PoolStatus};
    ///
    /// /// Counts the connections that are asked for.
    /// struct Counting { engine: Arc<dyn Engine>, asked: Arc<AtomicU64> }
    ///
    /// #[async_trait::async_trait]
    /// impl Engine for Counting {
    ///     async fn acquire(&self, effect: Effect) -> bindery::Result<Box<dyn Connection>> {
    ///         self.asked.fetch_add(1, Ordering::Relaxed);
    ///         self.engine.acquire(effect).await
    ///     }
    ///     // All else as the engine has it.
    ///     fn backend(&self) -> &'static str { self.engine.backend() }
    ///     fn namespace(&self) -> &str { self.engine.namespace() }
    ///     fn dialect(&self) -> &Dialect { self.engine.dialect() }
    ///     fn pool_status(&self) -> PoolStatus { self.engine.pool_status() }
    ///     fn catalog(&self) -> Option<&dyn Catalog> { self.engine.catalog() }
    ///     async fn close(&self) { self.engine.close().await }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// let asked = Arc::new(AtomicU64::new(0));
    /// let counting: Databases = databases.map_engines(|_bind, engine| -> Arc<dyn Engine> {
    ///     Arc::new(Counting { engine: Arc::clone(engine), asked: Arc::clone(&asked) })
    /// });
    /// counting.session().count(User::select()).await?;
    /// counting.session().count(Post::select()).await?;
    /// assert_eq!(asked.load(Ordering::Relaxed), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn map_engines<F: Engine + ?Sized>(&self, mut map: impl FnMut(BindKey, &Arc<E>) -> Arc<F>) -> Databases<F> {
        let binds = self.inner.binds.iter().map(|bound| Bound {
            key: bound.key,
            engine: map(bound.key, &bound.engine),
            metadata: bound.metadata.clone(),
            patience: bound.patience,
            watched: Arc::clone(&bound.watched),
        });
        Databases::new(binds.collect(), self.inner.migrations.clone())
    }

    /// The tables of a bind.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// let tables: Vec<_> = databases.metadata("default")?.tables().map(|table| table.name()).collect();
    /// assert_eq!(tables, ["posts", "tags"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`], with the known binds.
    pub fn metadata(&self, bind: impl ToBindKey) -> Result<&Metadata> {
        let (_, bound) = self.bound(bind.to_bind_key()?)?;
        Ok(&bound.metadata)
    }

    /// Closes every engine: new statements fail, and this returns once every connection that was out is back and closed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// databases.close().await;
    /// assert!(databases.session().count(User::select()).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(&self) {
        // At once, so that none takes a new statement while another is waited for.
        join_all(self.inner.binds.iter().map(|bound| bound.engine.close())).await;
    }

    /// A bind and its place in the order of the configuration.
    pub(crate) fn bound(&self, key: BindKey) -> Result<(usize, &Bound<E>)> {
        match self.inner.places.get(&key) {
            Some(&place) => Ok((place, &self.inner.binds[place])),
            None => Err(Error::new(
                ErrorKind::UnknownBind,
                format!("bind `{key}` is not configured: the configured binds are {}", self.known()),
            )
            .on_bind(key)),
        }
    }

    /// The binds that were asked for, in the order of the configuration. Every key is looked at before anything is done.
    pub(crate) fn chosen(&self, binds: &impl Binds) -> Result<Vec<&Bound<E>>> {
        let keys: Option<BTreeSet<BindKey>> = binds.keys()?.map(|keys| keys.into_iter().collect());
        for key in keys.iter().flatten() {
            self.bound(*key)?;
        }
        Ok(self.bounds().iter().filter(|bound| keys.as_ref().is_none_or(|keys| keys.contains(&bound.key))).collect())
    }

    pub(crate) fn bounds(&self) -> &[Bound<E>] {
        &self.inner.binds
    }

    /// The section `[migrations]` of the configuration.
    pub(crate) fn migration_options(&self) -> &MigrationOptions {
        &self.inner.migrations
    }

    fn known(&self) -> String {
        self.binds().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
    }
}

impl<E: Engine + ?Sized> Clone for Databases<E> {
    fn clone(&self) -> Self {
        Databases { inner: Arc::clone(&self.inner) }
    }
}

impl<E: Engine + ?Sized> fmt::Debug for Databases<E> {
    // The binds, their backends and pools; a URL or password is nowhere in reach.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for bound in &self.inner.binds {
            let tables = bound.metadata.tables().len();
            map.entry(&bound.key, &format_args!("{} ({tables} tables, {:?})", bound.engine.backend(), bound.engine.pool_status()));
        }
        map.finish()
    }
}
