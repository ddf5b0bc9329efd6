use std::sync::Arc;

use bindery::config::DatabaseUrl;
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder, Params, Statement, Value};
use tokio::sync::Mutex;

use crate::Result;
use crate::race::Goal;
use crate::reading::{NewReading, Reading};
use crate::server::{Backend, Raw};

/// MariaDB, and mysql_async.
pub(crate) struct Mysql(TempMysql);

impl Backend for Mysql {
    const NAME: &'static str = "mysql";
    // A model becomes values, and these parameters, where the raw driver's caller writes parameters at once.
    const MANY: Goal = Goal::Ratio(1.20);
    type Raw = MysqlAsync;
    type Database = TempMysqlDatabase;

    fn start() -> Result<Self> {
        Ok(Mysql(TempMysql::start(MysqlFlavor::MariaDb)?))
    }

    fn database(&self) -> Result<TempMysqlDatabase> {
        Ok(self.0.database()?)
    }

    fn url(database: &TempMysqlDatabase) -> DatabaseUrl {
        database.url()
    }

    fn create(database: &TempMysqlDatabase) -> Result<()> {
        database.sql(
            "CREATE TABLE readings (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, sensor longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin \
             NOT NULL, note longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, celsius double NOT NULL) ENGINE = InnoDB",
        )?;
        Ok(())
    }

    fn settle(database: &TempMysqlDatabase) -> Result<()> {
        database.sql("ANALYZE TABLE readings")?;
        Ok(())
    }
}

/// How many rows one INSERT has: the protocol carries 65,535 parameters.
const ROWS: u32 = 65_535 / 3;

/// A connection of mysql_async with its prepared statements.
#[derive(Clone)]
pub(crate) struct MysqlAsync(Arc<Mutex<Prepared>>);

struct Prepared {
    conn: Conn,
    by_key: Statement,
    up_to: Statement,
    insert: Statement,
}

impl Raw for MysqlAsync {
    async fn connect(url: DatabaseUrl) -> Result<Self> {
        let host = url.hosts().first().ok_or("a server without a host")?;
        let options = OptsBuilder::default()
            .ip_or_hostname(host.name())
            .tcp_port(host.port().unwrap_or(3306))
            .user(url.user())
            .db_name(Some(url.path()))
            .prefer_socket(false);
        let mut conn = Conn::new(options).await?;
        Ok(MysqlAsync(Arc::new(Mutex::new(Prepared {
            by_key: conn.prep("SELECT id, sensor, note, celsius FROM readings WHERE id = ?").await?,
            up_to: conn.prep("SELECT id, sensor, note, celsius FROM readings WHERE id <= ?").await?,
            insert: conn.prep("INSERT INTO readings (sensor, note, celsius) VALUES (?, ?, ?)").await?,
            conn,
        }))))
    }

    async fn reading(&self, key: i64) -> Result<Reading> {
        let Prepared { conn, by_key, .. } = &mut *self.0.lock().await;
        let row: Option<(i64, String, Option<String>, f64)> = conn.exec_first(&*by_key, (key,)).await?;
        Ok(row.map(Reading::from_columns).ok_or("there is no such reading")?)
    }

    async fn readings_up_to(&self, key: i64) -> Result<Vec<Reading>> {
        let Prepared { conn, up_to, .. } = &mut *self.0.lock().await;
        Ok(conn.exec_map(&*up_to, (key,), Reading::from_columns).await?)
    }

    async fn insert(&self, row: NewReading) -> Result<()> {
        let Prepared { conn, insert, .. } = &mut *self.0.lock().await;
        Ok(conn.exec_drop(&*insert, (row.sensor, row.note, row.celsius)).await?)
    }

    /// By as few statements as carry them.
    async fn insert_many(&self, rows: u32) -> Result<()> {
        let Prepared { conn, .. } = &mut *self.0.lock().await;
        for start in (0..rows).step_by(ROWS as usize) {
            let rows = start..rows.min(start + ROWS);
            let mut values: Vec<Value> = Vec::new();
            let mut sql = "INSERT INTO readings (sensor, note, celsius) VALUES ".to_owned();
            for (number, row) in rows.map(NewReading::numbered).enumerate() {
                sql.push_str(if number == 0 { "(?, ?, ?)" } else { ", (?, ?, ?)" });
                values.extend([row.sensor.into(), row.note.into(), row.celsius.into()]);
            }
            conn.exec_drop(sql, Params::Positional(values)).await?;
        }
        Ok(())
    }
}
