use super::{BindConfig, ConfigBuilder, MigrationOptions};
use crate::BindKey;

/// The checked configuration: the binds in their order, and how they are migrated.
///
/// `Debug` shows no secret.
///
/// ```
/// use bindery_core::config::{Config, DriverInfo, Format};
///
/// let sqlite = DriverInfo { name: "sqlite", schemes: &["sqlite"], options: &["execution"], parameters: &["mode"] };
/// let config = Config::builder()
///     .text(Format::Toml, r#"
///         [databases]
///         default = "sqlite:///main.db"
///         auth = { url = "sqlite:///auth.db?mode=ro", pool_size = 2 }
///     "#)
///     .bind_option("auth", "pool_timeout", "5s")
///     .resolve(&[sqlite])?;
/// let keys: Vec<&str> = config.binds().iter().map(|bind| bind.url().path()).collect();
/// assert_eq!(keys, ["main.db", "auth.db"]);
/// assert_eq!(config.binds()[1].pool().size, 2);
/// # Ok::<(), bindery_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    pub(super) binds: Vec<BindConfig>,
    pub(super) migrations: MigrationOptions,
}

impl Config {
    /// Starts a configuration.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// The binds: in the order of the file, then those of the environment by name, then those of the code as they were added.
    pub fn binds(&self) -> &[BindConfig] {
        &self.binds
    }

    /// One bind.
    pub fn bind(&self, key: BindKey) -> Option<&BindConfig> {
        self.binds.iter().find(|bind| bind.key() == key)
    }

    /// The section `[migrations]`.
    pub fn migrations(&self) -> &MigrationOptions {
        &self.migrations
    }
}
