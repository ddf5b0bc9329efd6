use super::Engine;
use crate::Result;
use crate::config::{BindConfig, DriverInfo};

/// Opens [`Engine`]s of one backend from the configuration of a bind.
///
/// ```
/// # use bindery_core::{Result, config::BindConfig, engine::{Driver, Engine}};
/// struct MyDriver;
///
/// impl Driver for MyDriver {
///     type Engine = MyEngine;
///     fn name(&self) -> &'static str { "mydb" }
///     fn schemes(&self) -> &'static [&'static str] { &["mydb"] }
///     fn parameters(&self) -> &'static [&'static str] { &["application_name"] }
///     fn open(&self, bind: &BindConfig) -> Result<MyEngine> { todo() }
/// }
/// # fn todo<T>() -> T { std::process::exit(0) }
/// # struct MyEngine;
/// # #[async_trait::async_trait] impl Engine for MyEngine {
/// #   fn backend(&self) -> &'static str { "mydb" }
/// #   fn namespace(&self) -> &str { "mydb" }
/// #   fn dialect(&self) -> &bindery_core::engine::Dialect { todo() }
/// #   async fn acquire(&self, _: bindery_core::engine::Effect) -> Result<Box<dyn bindery_core::engine::Connection>> { todo() }
/// #   fn pool_status(&self) -> bindery_core::engine::PoolStatus { todo() }
/// #   async fn close(&self) {}
/// # }
/// ```
pub trait Driver: Send + Sync + 'static {
    /// What it opens.
    type Engine: Engine;

    /// Its name: the Cargo feature that enables it, where it has one.
    fn name(&self) -> &'static str;

    /// The URL schemes that it serves.
    fn schemes(&self) -> &'static [&'static str];

    /// The options of its own that a bind may have, beside those that every bind has: none, unless it says so. Any other is an error
    /// at connect.
    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    /// The query parameters that its URLs may have: none, unless it says so. Any other is an error at connect.
    fn parameters(&self) -> &'static [&'static str] {
        &[]
    }

    /// All of this at once, for the check of a configuration.
    fn info(&self) -> DriverInfo {
        DriverInfo { name: self.name(), schemes: self.schemes(), options: self.options(), parameters: self.parameters() }
    }

    /// Opens the engine, without connecting: that happens when the first connection is acquired.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) with every
    /// [problem](crate::Error::problems) of this bind; core adds the bind, and reports all binds at once.
    fn open(&self, bind: &BindConfig) -> Result<Self::Engine>;
}
