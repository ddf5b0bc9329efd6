//! **bindery** lets one application use many databases as one. Every table belongs to a *bind*: the short name of one database, such
//! as `default`, `auth` or `meta`. Tables register themselves to their bind at link time; a [`Session`](session::Session) sends each
//! statement to the engine of its table's bind, and never guesses.
//!
//! ```standalone_crate
//! use bindery::prelude::*;
//!
//! #[derive(Model, Debug)]
//! #[model(table = "users", bind = "auth")]    // no `bind`: "default"
//! struct User {
//!     #[column(primary_key, generated)]
//!     id: i64,
//!     #[column(unique, max_length = 120)]
//!     email: String,
//!     name: Option<String>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> bindery::Result<()> {
//! let databases = bindery::builder().bind("default", "sqlite://").bind("auth", "sqlite://").connect().await?;
//! databases.create_all(All).await?;
//!
//! let session = databases.session();
//! let ada = session.insert(NewUser { email: "ada@example.org".into(), name: None }).await?;
//! session.execute(User::update().set(User::name.to("Ada")).filter(User::id.eq(ada.id))).await?;
//! let users = session.all(User::select().filter(User::name.is_not_null()).order_by(User::email.asc())).await?;
//! assert_eq!(users[0].name.as_deref(), Some("Ada"));
//!
//! let tx = session.begin().await?;    // a session too; dropped before its commit, it rolls back
//! tx.insert(NewUser { email: "bob@example.org".into(), name: None }).await?;
//! tx.commit().await?;
//!
//! let mut stream = session.stream(User::select());    // not awaited: it is sent at the first row
//! while let Some(user) = stream.try_next().await? {
//!     println!("{}", user.email);
//! }
//!
//! let names: Vec<(String,)> = session.all(raw("auth", "select email from users where id > ?").param(1_i64).rows()).await?;
//! assert_eq!(names, [("bob@example.org".to_owned(),)]);
//! # Ok(())
//! # }
//! ```
//!
//! Bare tables ([`table!`]), binds by name ([`bind!`](macro@bind)), newtypes and enums as columns ([`derive@Scalar`]) and all that a
//! model may say ([`derive@Model`]) have their own pages.
//!
//! # Where things are
//!
//! | module | what is there |
//! | --- | --- |
//! | [`prelude`] | what a file with models and statements needs |
//! | [`session`] | [`Databases`], sessions, transactions: what runs statements |
//! | [`query`] | statements as values, typed columns, expressions, raw SQL |
//! | [`schema`] | tables, models, the registry |
//! | [`migrate`] | migrations: files, upgrades, histories |
//! | [`value`] | the types of columns |
//! | [`definition`] | what a database has, as data: what reflection gives |
//! | [`codegen`] | models from a database that is there, as Rust source |
//! | [`ddl`] | what differs between two of them, as changes |
//! | [`config`] | URLs, options, the configuration file |
//! | [`engine`] | the contract with a database, for authors of engines |
//! | [`catalog`] | the catalogs of the three families, for authors of engines |
//!
//! # Cargo features
//!
//! | feature | on by default | what it adds |
//! | --- | --- | --- |
//! | `sqlite` | yes | the SQLite driver, with SQLite bundled: URLs `sqlite://…` |
//! | `postgres` | no | the PostgreSQL driver: URLs `postgresql://…` and `postgres://…` |
//! | `mysql` | no | the MySQL and MariaDB driver: URLs `mysql://…` and `mariadb://…` |
//! | `chrono`, `jiff`, `time` | no | columns of that crate's dates, times and timestamps |
//! | `uuid` | no | columns of `uuid::Uuid` |
//! | `rust_decimal` | no | columns of `rust_decimal::Decimal` |
//! | `serde_json` | no | columns of `serde_json::Value` |
//!
//! Features only add: what works without one works with it.

#[doc(hidden)]
pub use bindery_core::__private;
pub use bindery_core::{
    AnyBind, Bind, BindKey, BindName, Error, ErrorKind, Outcome, Result, SameDatabase, ToBindKey, catalog, codegen, config, ddl,
    definition, engine, migrate, query, schema, session, value,
};
// Each of the first two is a derive and the trait that it implements.
pub use bindery_core::{engine::FromRow, schema::Model, value::Scalar};
pub use bindery_macros::{FromRow, Model, Scalar, bind, embed_migrations, sql, table};
#[cfg(feature = "mysql")]
pub use bindery_mysql::{Mysql, MysqlDriver};
#[cfg(feature = "postgres")]
pub use bindery_postgres::{Postgres, PostgresDriver};
#[cfg(feature = "sqlite")]
pub use bindery_sqlite::{Sqlite, SqliteDriver};

use session::{Builder, Databases};

#[cfg(feature = "mysql")]
pub mod mysql {
    //! What MySQL and MariaDB have beyond the other backends: the version of mysql_async whose connection `session.native::<Mysql>(bind)`
    //! lends, and the source of the errors.

    pub use bindery_mysql::{ServerError, mysql_async};
}

#[cfg(feature = "postgres")]
pub mod postgres {
    //! What PostgreSQL has beyond the other backends: the client that `session.native::<Postgres>(bind)` lends, with the version of
    //! tokio-postgres that it is of, and the source of the errors.

    pub use bindery_postgres::{Client, ServerError, tokio_postgres};
}

pub mod prelude {
    //! What a file with models and statements needs: `use bindery::prelude::*;`.

    // Traits that are there for their methods have no name here, which another prelude's could be in conflict with.
    pub use crate::query::{
        Action, Condition as _, DateExpression as _, Expression as _, JsonExpression as _, ModelExt as _, Query, TableExt as _,
        TextExpression as _, TimeExpression as _, count, exists, now, raw, value, when,
    };
    pub use crate::session::{All, Atomicity, Databases, Session, Transaction};
    pub use crate::{FromRow, Model, Scalar};
}

/// Opens every bind of a configuration file, with the drivers that the Cargo features enable, and checks it against every table
/// of the program. No connection is made before the first statement.
///
/// The file is TOML, YAML or JSON; the environment (`BINDERY__DATABASES__AUTH__URL=…`) wins over it. `docs/CONFIGURATION.md` has
/// every option.
///
/// ```standalone_crate
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("bindery-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("bindery.toml");
/// std::fs::write(&path, "[databases]\ndefault = 'sqlite://'\nmeta = 'sqlite:///data/meta.db'")?;
/// let databases = bindery::connect(&path).await?;
/// assert_eq!(databases.binds().map(|bind| bind.to_string()).collect::<Vec<_>>(), ["default", "meta"]);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::Configuration`] or [`ErrorKind::Schema`], with every problem at once.
pub async fn connect(path: impl Into<std::path::PathBuf>) -> Result<Databases> {
    builder().file(path).connect().await
}

/// [`Databases::builder`] with the drivers that the Cargo features enable: for a configuration in code, a driver of a third party,
/// tables that are named explicitly.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// let builder = bindery::builder().bind("default", "sqlite://").engine_option("pool_size", 10);
/// # let builder = builder.without_registered();
/// let databases = builder.connect().await?;
/// # Ok(())
/// # }
/// ```
#[cfg_attr(not(any(feature = "mysql", feature = "postgres", feature = "sqlite")), allow(clippy::let_and_return))] // without a feature there is nothing to add
pub fn builder() -> Builder {
    let builder = Databases::builder();
    #[cfg(feature = "mysql")]
    let builder = builder.driver(MysqlDriver);
    #[cfg(feature = "postgres")]
    let builder = builder.driver(PostgresDriver);
    #[cfg(feature = "sqlite")]
    let builder = builder.driver(SqliteDriver);
    builder
}

/// The code of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The code of the guide to migrations, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/MIGRATIONS.md")]
struct MigrationsGuide;
