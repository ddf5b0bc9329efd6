//! Catalogs, where the engine has one: what reflection and migrations ask.

mod definitions;
mod dropped;
mod limits;
mod lock;
mod scratch;
mod told;

use std::time::Duration;

use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Catalog, Effect, Engine, Fate};

use super::client::Client;

pub use definitions::*;
pub use dropped::*;
pub use limits::*;
pub use lock::*;
pub use scratch::*;

/// What doesn't end by then doesn't end in time.
const TOO_LONG: Duration = Duration::from_secs(10);
/// As long as a test waits in vain.
const IN_VAIN: Duration = Duration::from_millis(150);
const FATES: [Fate; 5] = [Fate::Clean, Fate::InTransaction, Fate::CutOff, Fate::Prepared, Fate::Lent];

/// What people write, without a name for anything.
const WORDS: [&str; 4] = [
    "CREATE TABLE shelves (id integer PRIMARY KEY, room varchar(20) DEFAULT 'it''s' NOT NULL, width integer CHECK (width > 0), UNIQUE (room, width))",
    "CREATE TABLE copies (id integer PRIMARY KEY, shelf integer, FOREIGN KEY (shelf) REFERENCES shelves (id) ON DELETE SET NULL)",
    "CREATE INDEX by_width ON shelves (width, room)",
    "CREATE VIEW wide AS SELECT id, room FROM shelves WHERE width > 100",
];

async fn reflect<E: Engine + ?Sized>(engine: &E, catalog: &dyn Catalog) -> DatabaseDefinition {
    Client::of(engine, Effect::Read).await.reflect(catalog).await.unwrap_or_else(|error| panic!("reflect: {error:?}"))
}
