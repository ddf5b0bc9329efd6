use bindery::config::DatabaseUrl;

use crate::Result;
use crate::race::Goal;
use crate::reading::{NewReading, Reading};

/// A server, and the driver that bindery stands beside there.
pub(crate) trait Backend: Sized + 'static {
    /// Its name in the table.
    const NAME: &'static str;
    /// Of inserting 10,000 rows.
    const MANY: Goal;
    type Raw: Raw;
    /// A database, deleted with its value.
    type Database;

    fn start() -> Result<Self>;

    fn database(&self) -> Result<Self::Database>;

    fn url(database: &Self::Database) -> DatabaseUrl;

    /// Makes the table `readings` as bindery does.
    fn create(database: &Self::Database) -> Result<()>;

    /// Has the server plan as after a while.
    fn settle(database: &Self::Database) -> Result<()>;
}

/// A connection of the raw driver's that has its statements prepared, and is asked as well as its own users know.
pub(crate) trait Raw: Clone + Send + Sync + 'static {
    fn connect(url: DatabaseUrl) -> impl Future<Output = Result<Self>> + Send;

    fn reading(&self, key: i64) -> impl Future<Output = Result<Reading>> + Send;

    fn readings_up_to(&self, key: i64) -> impl Future<Output = Result<Vec<Reading>>> + Send;

    fn insert(&self, row: NewReading) -> impl Future<Output = Result<()>> + Send;

    /// By the fastest plain SQL that the driver can send.
    fn insert_many(&self, rows: u32) -> impl Future<Output = Result<()>> + Send;
}
