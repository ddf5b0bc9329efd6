//! Where the binds come from: URLs, options, the configuration file, the environment.
//!
//! [`Config::builder`] reads every layer, and [`resolve`](ConfigBuilder::resolve) checks them against the drivers that are there.

mod bind_config;
mod builder;
#[allow(clippy::module_inception)] // a file is named for its main type
mod config;
mod database_url;
mod driver_info;
mod environment;
mod format;
mod migration_options;
mod names;
mod option_reader;
mod option_value;
mod pool_options;
mod resolution;
mod setting;
mod settings;
mod trace_options;
mod url_parser;

pub use bind_config::BindConfig;
pub use builder::ConfigBuilder;
pub use config::Config;
pub use database_url::{DatabaseUrl, Host};
pub use driver_info::DriverInfo;
pub use format::Format;
pub use migration_options::MigrationOptions;
pub use option_reader::OptionReader;
pub use option_value::OptionValue;
pub use pool_options::PoolOptions;
pub use trace_options::TraceOptions;
