use std::sync::Arc;

use bindery::config::DatabaseUrl;
use bindery_testkit::{TempPostgres, TempPostgresDatabase};
use futures_util::TryStreamExt;
use tokio_postgres::{Client, NoTls, Statement};

use crate::Result;
use crate::race::Goal;
use crate::reading::{NewReading, Reading};
use crate::server::{Backend, Raw};

/// PostgreSQL, and tokio-postgres.
pub(crate) struct Postgres(TempPostgres);

impl Backend for Postgres {
    const NAME: &'static str = "postgres";
    const MANY: Goal = Goal::Ratio(1.0);
    type Raw = TokioPostgres;
    type Database = TempPostgresDatabase;

    fn start() -> Result<Self> {
        Ok(Postgres(TempPostgres::start()?))
    }

    fn database(&self) -> Result<TempPostgresDatabase> {
        Ok(self.0.database()?)
    }

    fn url(database: &TempPostgresDatabase) -> DatabaseUrl {
        database.url()
    }

    fn create(database: &TempPostgresDatabase) -> Result<()> {
        database.psql(
            "CREATE TABLE readings (id bigserial PRIMARY KEY, sensor text COLLATE \"C\" NOT NULL, note text COLLATE \"C\", \
             celsius double precision NOT NULL)",
        )?;
        Ok(())
    }

    fn settle(database: &TempPostgresDatabase) -> Result<()> {
        database.psql("VACUUM ANALYZE readings")?;
        Ok(())
    }
}

/// A client of tokio-postgres with its prepared statements.
#[derive(Clone)]
pub(crate) struct TokioPostgres(Arc<Prepared>);

struct Prepared {
    client: Client,
    by_key: Statement,
    up_to: Statement,
    insert: Statement,
    /// One array for each column.
    insert_many: Statement,
}

impl Raw for TokioPostgres {
    async fn connect(url: DatabaseUrl) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(&url.to_string(), NoTls).await?;
        tokio::spawn(connection);
        Ok(TokioPostgres(Arc::new(Prepared {
            by_key: client.prepare("SELECT id, sensor, note, celsius FROM readings WHERE id = $1").await?,
            up_to: client.prepare("SELECT id, sensor, note, celsius FROM readings WHERE id <= $1").await?,
            insert: client.prepare("INSERT INTO readings (sensor, note, celsius) VALUES ($1, $2, $3)").await?,
            insert_many: client
                .prepare("INSERT INTO readings (sensor, note, celsius) SELECT * FROM unnest($1::text[], $2::text[], $3::float8[])")
                .await?,
            client,
        })))
    }

    async fn reading(&self, key: i64) -> Result<Reading> {
        Ok(Reading::from_tokio_postgres(&self.0.client.query_one(&self.0.by_key, &[&key]).await?)?)
    }

    /// Rows decoded as they come, which is faster than gathering them first.
    async fn readings_up_to(&self, key: i64) -> Result<Vec<Reading>> {
        let rows = self.0.client.query_raw(&self.0.up_to, [key]).await?;
        let mut readings = Vec::new();
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await? {
            readings.push(Reading::from_tokio_postgres(&row)?);
        }
        Ok(readings)
    }

    async fn insert(&self, row: NewReading) -> Result<()> {
        self.0.client.execute(&self.0.insert, &[&row.sensor, &row.note, &row.celsius]).await?;
        Ok(())
    }

    async fn insert_many(&self, rows: u32) -> Result<()> {
        let (mut sensors, mut notes, mut celsius) = (Vec::new(), Vec::new(), Vec::new());
        for row in (0..rows).map(NewReading::numbered) {
            sensors.push(row.sensor);
            notes.push(row.note);
            celsius.push(row.celsius);
        }
        self.0.client.execute(&self.0.insert_many, &[&sensors, &notes, &celsius]).await?;
        Ok(())
    }
}
