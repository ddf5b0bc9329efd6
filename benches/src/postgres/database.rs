use std::sync::Arc;

use bindery::prelude::*;
use bindery_testkit::{TempDatabase, TempPostgres};
use tokio_postgres::{Client, NoTls};

use crate::Result;
use crate::race::Runtimes;
use crate::reading::{NewReading, Reading};

/// How many rows the table has before the inserts.
pub(super) const ROWS: u32 = 10_000;

/// Two databases of one server with the same table and rows: one is bindery's, the other one tokio-postgres'.
pub(super) struct Database {
    pub(super) bindery: Databases,
    pub(super) raw: Arc<Client>,
    /// A database of each side, deleted at the end.
    _databases: [TempDatabase; 2],
}

impl Database {
    pub(super) fn new(runtimes: &Runtimes) -> Result<Self> {
        let server = TempPostgres::shared()?;
        let databases = [server.database()?, server.database()?];
        let bindery = runtimes.block_on(connect(databases[0].url()))?;
        let raw = runtimes.block_on(connect_raw(&databases[1].url().to_string()))?;
        // Planned as after a while, for both.
        for database in &databases {
            database.psql("VACUUM ANALYZE readings")?;
        }
        Ok(Database { bindery, raw: Arc::new(raw), _databases: databases })
    }
}

async fn connect(url: bindery::config::DatabaseUrl) -> bindery::Result<Databases> {
    let databases = bindery::builder().bind("default", url).connect().await?;
    databases.create_all(All).await?;
    databases.session().execute(Reading::insert((0..ROWS).map(NewReading::numbered))).await?;
    Ok(databases)
}

async fn connect_raw(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client
        .batch_execute(
            "CREATE TABLE readings (id bigserial PRIMARY KEY, sensor text COLLATE \"C\" NOT NULL, note text COLLATE \"C\", \
             celsius double precision NOT NULL)",
        )
        .await?;
    let insert = client.prepare("INSERT INTO readings (sensor, note, celsius) VALUES ($1, $2, $3)").await?;
    client.batch_execute("BEGIN").await?;
    for row in (0..ROWS).map(NewReading::numbered) {
        client.execute(&insert, &[&row.sensor, &row.note, &row.celsius]).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok(client)
}
