use std::path::PathBuf;
use std::sync::Arc;

use super::databases::{Bound, Databases};
use super::tables::add_tables;
use crate::config::{BindConfig, Config, ConfigBuilder, DatabaseUrl, DriverInfo, OptionValue};
use crate::engine::{Driver, Engine};
use crate::schema::{Model, Table, registered};
use crate::tuples::for_each_tuple;
use crate::{Error, ErrorKind, Result};

/// Puts [`Databases`] together: a configuration, drivers, tables.
///
/// ```standalone_crate
/// use bindery::prelude::*;
/// use std::time::Duration;
///
/// #[derive(Model)]
/// #[model(bind = "auth")]
/// struct Account {
///     #[column(primary_key)]
///     id: i64,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// let databases = bindery::builder()
///     .bind("default", "sqlite://")
///     .bind("auth", "sqlite:///accounts.db?mode=ro&uri=true")
///     .bind_option("auth", "pool_size", 4)
///     .engine_option("pool_timeout", Duration::from_secs(5))
///     .connect()
///     .await?;
/// assert!(databases.metadata("auth")?.table("account").is_some());
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing happens before `connect`"]
pub struct Builder<E: Engine + ?Sized = dyn Engine> {
    config: ConfigBuilder,
    drivers: Vec<(DriverInfo, Open<E>)>,
    tables: Vec<&'static Table>,
    registered: bool,
}

type Open<E> = Box<dyn Fn(&BindConfig) -> Result<Arc<E>> + Send + Sync>;

impl Builder {
    /// Adds a driver. Of two that serve the same URL scheme, the first does.
    ///
    /// ```
    /// use bindery::{SqliteDriver, session::Databases};
    ///
    /// let builder = Databases::builder().driver(SqliteDriver);
    /// ```
    pub fn driver(self, driver: impl Driver) -> Self {
        self.open_by(driver.info(), Box::new(move |bind| Ok(Arc::new(driver.open(bind)?) as Arc<dyn Engine>)))
    }
}

impl<E: Engine> Builder<E> {
    /// Adds a driver of this one backend: one that serves other schemes. [`Databases::with_driver`] has added the first.
    ///
    /// ```
    /// use bindery::{SqliteDriver, session::Databases};
    ///
    /// let builder = Databases::with_driver(SqliteDriver); // calls it
    /// ```
    pub fn driver(self, driver: impl Driver<Engine = E>) -> Self {
        self.open_by(driver.info(), Box::new(move |bind| Ok(Arc::new(driver.open(bind)?))))
    }
}

impl<E: Engine + ?Sized> Builder<E> {
    pub(super) fn new() -> Self {
        Builder { config: Config::builder(), drivers: Vec::new(), tables: Vec::new(), registered: true }
    }

    fn open_by(mut self, info: DriverInfo, open: Open<E>) -> Self {
        self.drivers.push((info, open));
        self
    }

    /// Reads this configuration file, and the environment. See [`ConfigBuilder::file`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("bindery-builder-file-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("bindery.toml");
    /// std::fs::write(&path, "[databases]\ndefault = 'sqlite:///main.db'\nauth = 'sqlite:///auth.db'")?;
    /// let builder = bindery::builder().file(&path).bind("auth", "sqlite://"); // code wins over the file
    /// # let databases = builder.without_registered().connect().await?;
    /// # assert_eq!(databases.binds().len(), 2);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn file(self, path: impl Into<PathBuf>) -> Self {
        self.config(|config| config.file(path))
    }

    /// The folder that relative paths in URLs start from, instead of the file's or the current one. See [`ConfigBuilder::folder`].
    pub fn folder(self, path: impl Into<PathBuf>) -> Self {
        self.config(|config| config.folder(path))
    }

    /// Sets the URL of a bind, which is added where it is new. See [`ConfigBuilder::bind`]. What is wrong with the key or the URL
    /// is told by [`connect`](Builder::connect).
    ///
    /// ```
    /// let builder = bindery::builder().bind("default", "sqlite:///main.db").bind("auth", "sqlite:////var/lib/auth.db");
    /// ```
    pub fn bind<U>(self, key: impl AsRef<str>, url: U) -> Self
    where
        U: TryInto<DatabaseUrl>,
        U::Error: std::fmt::Display,
    {
        self.config(|config| config.bind(key, url))
    }

    /// Sets an option of a bind. See [`ConfigBuilder::bind_option`].
    ///
    /// ```
    /// let builder = bindery::builder().bind("default", "sqlite:///main.db").bind_option("default", "busy_timeout", "250ms");
    /// ```
    pub fn bind_option(self, key: impl AsRef<str>, name: impl AsRef<str>, value: impl Into<OptionValue>) -> Self {
        self.config(|config| config.bind_option(key, name, value))
    }

    /// Sets an option of all binds. See [`ConfigBuilder::engine_option`].
    ///
    /// ```
    /// let builder = bindery::builder().engine_option("pool_size", 10).engine_option("pool_timeout", "5s");
    /// ```
    pub fn engine_option(self, name: impl AsRef<str>, value: impl Into<OptionValue>) -> Self {
        self.config(|config| config.engine_option(name, value))
    }

    /// Does anything else with the configuration.
    ///
    /// ```
    /// use bindery::config::Format;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let text = "databases: { default: 'sqlite://', auth: 'sqlite://' }";
    /// let builder = bindery::builder().config(|config| config.text(Format::Yaml, text));
    /// # let databases = builder.without_registered().connect().await?;
    /// # assert_eq!(databases.binds().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn config(mut self, change: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> Self {
        self.config = change(self.config);
        self
    }

    /// Names tables explicitly: bare ones, or those of a crate that the program doesn't name otherwise. A table that registered itself too is
    /// there once.
    ///
    /// ```
    /// use bindery::{BindKey, schema::{Column, StaticTable, Table}};
    ///
    /// static NOTES: StaticTable = StaticTable::new(|| {
    ///     Table::new("notes", BindKey::DEFAULT).column(Column::of::<i64>("id").primary_key())
    /// });
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let builder = bindery::builder().without_registered();
    /// let databases = builder.bind("default", "sqlite://").tables([&*NOTES]).connect().await?;
    /// assert!(databases.metadata("default")?.table("notes").is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn tables(mut self, tables: impl IntoIterator<Item = &'static Table>) -> Self {
        self.tables.extend(tables);
        self
    }

    /// Names models explicitly. Needed for those of a crate that the program doesn't name otherwise;
    /// see [`Registration`](crate::schema::Registration).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let databases = bindery::builder()
    ///     .bind("default", "sqlite://")
    ///     .without_registered()
    ///     .models::<(Post, Tag)>()
    ///     .connect()
    ///     .await?;
    /// assert_eq!(databases.metadata("default")?.tables().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn models<M: Models>(self) -> Self {
        self.tables(M::tables())
    }

    /// Leaves out the tables that registered themselves at link time: only those that are named here are there. For tests, and for
    /// applications that know only a part of the tables of their program.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// // A test of posts alone: the users' bind `auth` need not be there.
    /// let builder = bindery::builder().bind("default", "sqlite://");
    /// let databases = builder.without_registered().models::<(Post,)>().connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn without_registered(mut self) -> Self {
        self.registered = false;
        self
    }

    /// Checks everything, and opens the engines. No connection is made yet.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let builder = bindery::builder().bind("default", "sqlite://").without_registered().models::<(User,)>();
    /// let error = builder.connect().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Schema);
    /// assert_eq!(
    ///     error.problems(),
    ///     ["table `users` is on bind `auth`, which is not configured: the configured binds are `default`"]
    /// );
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`ErrorKind::Configuration`] with every problem of the configuration;
    /// - then [`ErrorKind::Schema`] with every problem of the tables: a bind that isn't configured, two tables of one name on a bind, a
    ///   foreign key to another bind or to a column that isn't there, two enumerations of one name with other values.
    pub async fn connect(self) -> Result<Databases<E>> {
        let (infos, opens): (Vec<_>, Vec<_>) = self.drivers.into_iter().unzip();
        let (config, engines) = self.config.resolve_with(&infos, |driver, bind| opens[driver](bind))?;
        let mut bounds: Vec<_> = config.binds().iter().zip(engines).map(|(bind, engine)| Bound::new(bind, engine)).collect();
        let tables = if self.registered { registered() } else { Vec::new() };
        let problems = add_tables(&mut bounds, tables.into_iter().chain(self.tables));
        if problems.is_empty() {
            Ok(Databases::new(bounds, config.migrations().clone()))
        } else {
            Err(Error::with_problems(ErrorKind::Schema, "the tables do not fit the configured binds", problems))
        }
    }
}

/// Several models: a tuple of up to sixteen.
///
/// ```
/// use bindery::session::{Builder, Models};
///
/// /// For tests: one database in memory, with these tables only.
/// fn in_memory<M: Models>() -> Builder {
///     bindery::builder().bind("default", "sqlite://").without_registered().models::<M>()
/// }
/// ```
pub trait Models {
    /// Their tables.
    fn tables() -> Vec<&'static Table>;
}

macro_rules! models {
    ($($ty:ident $index:tt),+) => {
        impl<$($ty: Model),+> Models for ($($ty,)+) {
            fn tables() -> Vec<&'static Table> {
                vec![$($ty::table()),+]
            }
        }
    };
}

for_each_tuple!(models);
