use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::databases::{Bound, Databases};
use crate::config::{BindConfig, Config, ConfigBuilder, DatabaseUrl, DriverInfo, OptionValue};
use crate::engine::{Driver, Engine};
use crate::schema::{Metadata, Model, Table, registered};
use crate::{BindKey, Error, ErrorKind, Result};

/// Puts [`Databases`] together: a configuration, drivers, tables.
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
    pub fn driver(self, driver: impl Driver) -> Self {
        self.open_by(driver.info(), Box::new(move |bind| Ok(Arc::new(driver.open(bind)?) as Arc<dyn Engine>)))
    }
}

impl<E: Engine> Builder<E> {
    /// Adds a driver of this one backend.
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
    pub fn file(self, path: impl Into<PathBuf>) -> Self {
        self.config(|config| config.file(path))
    }

    /// The folder that relative paths in URLs start from, instead of the file's or the current one. See [`ConfigBuilder::folder`].
    pub fn folder(self, path: impl Into<PathBuf>) -> Self {
        self.config(|config| config.folder(path))
    }

    /// Sets the URL of a bind. See [`ConfigBuilder::bind`].
    pub fn bind<U>(self, key: impl AsRef<str>, url: U) -> Self
    where
        U: TryInto<DatabaseUrl>,
        U::Error: std::fmt::Display,
    {
        self.config(|config| config.bind(key, url))
    }

    /// Sets an option of a bind. See [`ConfigBuilder::bind_option`].
    pub fn bind_option(self, key: impl AsRef<str>, name: impl AsRef<str>, value: impl Into<OptionValue>) -> Self {
        self.config(|config| config.bind_option(key, name, value))
    }

    /// Sets an option of all binds. See [`ConfigBuilder::engine_option`].
    pub fn engine_option(self, name: impl AsRef<str>, value: impl Into<OptionValue>) -> Self {
        self.config(|config| config.engine_option(name, value))
    }

    /// Does anything else with the configuration: `builder.config(|config| config.text(Format::Toml, text))`.
    pub fn config(mut self, change: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> Self {
        self.config = change(self.config);
        self
    }

    /// Names tables explicitly: bare ones, or those of a crate that the program doesn't name otherwise. A table that registered itself too is
    /// there once.
    pub fn tables(mut self, tables: impl IntoIterator<Item = &'static Table>) -> Self {
        self.tables.extend(tables);
        self
    }

    /// Names models explicitly: `.models::<(User, Post)>()`. Needed for those of a crate that the program doesn't name otherwise;
    /// see [`Registration`](crate::schema::Registration).
    pub fn models<M: Models>(self) -> Self {
        self.tables(M::tables())
    }

    /// Leaves out the tables that registered themselves at link time: only those that are named here are there. For tests, and for
    /// applications that know only a part of the tables of their program.
    pub fn without_registered(mut self) -> Self {
        self.registered = false;
        self
    }

    /// Checks everything, and opens the engines. No connection is made yet.
    ///
    /// # Errors
    /// - [`ErrorKind::Configuration`] with every problem of the configuration;
    /// - then [`ErrorKind::Schema`] with every problem of the tables: a bind that isn't configured, two tables of one name on a bind, a
    ///   foreign key to another bind or to a column that isn't there.
    pub async fn connect(self) -> Result<Databases<E>> {
        let (infos, opens): (Vec<_>, Vec<_>) = self.drivers.into_iter().unzip();
        let (config, engines) = self.config.resolve_with(&infos, |driver, bind| opens[driver](bind))?;
        let keys = config.binds().iter().map(BindConfig::key);
        let mut bounds: Vec<_> = keys.zip(engines).map(|(key, engine)| Bound { key, engine, metadata: Metadata::new(key) }).collect();
        let tables = if self.registered { registered() } else { Vec::new() };
        let problems = add_tables(&mut bounds, tables.into_iter().chain(self.tables));
        if problems.is_empty() {
            Ok(Databases::new(bounds))
        } else {
            Err(Error::with_problems(ErrorKind::Schema, "the tables do not fit the configured binds", problems))
        }
    }
}

/// Gives each table to its bind; what doesn't fit is told.
fn add_tables<E: ?Sized>(bounds: &mut [Bound<E>], tables: impl Iterator<Item = &'static Table>) -> Vec<String> {
    let known = bounds.iter().map(|bound| format!("`{}`", bound.key)).collect::<Vec<_>>().join(", ");
    let places: HashMap<BindKey, usize> = bounds.iter().enumerate().map(|(place, bound)| (bound.key, place)).collect();
    let mut problems = Vec::new();
    for table in tables {
        let (name, bind) = (table.name(), table.bind());
        match places.get(&bind) {
            None => problems.push(format!("table `{name}` is on bind `{bind}`, which is not configured: the configured binds are {known}")),
            Some(&place) => {
                if bounds[place].metadata.add(table).is_some() {
                    problems.push(format!("bind `{bind}` has two tables named `{name}`: give one another name or another bind"));
                }
            }
        }
    }
    for table in bounds.iter().flat_map(|bound| bound.metadata.tables()) {
        for key in table.foreign_keys() {
            let (from, to) = (format!("`{}.{}`", table.name(), key.column), format!("`{}.{}`", key.table, key.referred));
            if key.bind != table.bind() {
                problems.push(format!(
                    "{from} on bind `{}` refers to {to} on bind `{}`: a foreign key can't span two databases; keep the value without `references`",
                    table.bind(),
                    key.bind
                ));
            } else if let Some(place) = places.get(&key.bind)
                && let Some(referred) = bounds[*place].metadata.table(&key.table)
                && referred.find_column(&key.referred).is_none()
            {
                problems.push(format!("{from} on bind `{}` refers to {to}, and that table has no such column", table.bind()));
            }
        }
    }
    problems
}

/// Several models: a tuple of up to twelve.
pub trait Models {
    /// Their tables.
    fn tables() -> Vec<&'static Table>;
}

macro_rules! tuples {
    ($($($ty:ident)+;)+) => {$(
        impl<$($ty: Model),+> Models for ($($ty,)+) {
            fn tables() -> Vec<&'static Table> {
                vec![$($ty::table()),+]
            }
        }
    )+};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
