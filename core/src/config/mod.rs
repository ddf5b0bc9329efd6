//! Where the binds come from: URLs, options, the configuration file.

mod bind_config;
mod database_url;
mod pool_options;

pub use bind_config::{BindConfig, OptionValue};
pub use database_url::DatabaseUrl;
pub use pool_options::PoolOptions;
