use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::schema::Schema;
use crate::catalog::rows::rows;
use crate::engine::{Connection, Param};
use crate::value::{SqlType, ValueRef};
use crate::{Error, ErrorKind, Result};

/// The upper half of the key of each of these locks, the lower one being the schema's `oid`: `bind`, in ASCII.
const BINDERY: i64 = 0x6269_6e64;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

const TRY: &str = "SELECT pg_try_advisory_lock($1)";
/// By what the connection holds: what was done under the lock may have changed the `search_path`.
const UNLOCK: &str = "SELECT pg_advisory_unlock(l.classid::int8 << 32 | l.objid::int8)
    FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid() AND l.classid = $1::oid AND l.objsubid = 1 AND l.granted";
/// The server says less of the connections of other roles.
const HOLDER: &str = "SELECT l.pid::int8, coalesce(a.application_name, ''),
        to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"')
    FROM pg_catalog.pg_locks l
    LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
        AND l.classid::int8 << 32 | l.objid::int8 = $1";

/// See [`Catalog::lock`](crate::engine::Catalog::lock): an advisory lock of the session, on the current schema.
///
/// A pooler that gives each transaction another connection (pgbouncer with `pool_mode = transaction`) makes nothing of such a lock.
///
/// # Errors
/// [`ErrorKind::Locked`], with who holds it; [`ErrorKind::Configuration`] where there is no current schema.
pub async fn lock(connection: &mut dyn Connection, patience: Duration) -> Result<()> {
    let schema = Schema::current(connection).await?;
    let key = BINDERY << 32 | schema.oid;
    let begun = Instant::now();
    loop {
        if rows::<bool>(connection, TRY, &[integer(key)]).await?.contains(&true) {
            return Ok(());
        }
        let left = patience.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Err(held(connection, key, &schema.name, patience).await);
        }
        sleep(PAUSE.min(left)).await;
    }
}

/// See [`Catalog::unlock`](crate::engine::Catalog::unlock).
///
/// # Errors
/// [`ErrorKind::Unsupported`] where the connection doesn't hold it.
pub async fn unlock(connection: &mut dyn Connection) -> Result<()> {
    if rows::<bool>(connection, UNLOCK, &[integer(BINDERY)]).await?.contains(&true) {
        return Ok(());
    }
    let message = "the lock for changes of the schema is not this connection's: behind a pooler that gives each transaction another connection \
                   (pgbouncer with `pool_mode = transaction`) there is none, so give the bind a URL of the server itself";
    Err(Error::new(ErrorKind::Unsupported, message))
}

/// The error of a lock that someone else holds.
async fn held(connection: &mut dyn Connection, key: i64, schema: &str, patience: Duration) -> Error {
    // That someone holds it is the error, whether the server says who or not.
    let holder = rows::<(i64, String, Option<String>)>(connection, HOLDER, &[integer(key)]).await.unwrap_or_default().pop();
    let (who, way_out) = match holder {
        Some((pid, application, since)) => {
            let application = if application.is_empty() { String::new() } else { format!(" of `{application}`") };
            let since = since.map_or_else(String::new, |since| format!(", connected since {since}"));
            (
                format!("the server's process {pid}{application}{since}"),
                format!("wait until it is done, or end it by `SELECT pg_terminate_backend({pid})`"),
            )
        }
        None => ("another connection".to_owned(), "it may be free by now, so try again".to_owned()),
    };
    let message = format!("the schema `{schema}` is locked for changes by {who} (waited {patience:?}): {way_out}");
    Error::new(ErrorKind::Locked, message)
}

fn integer(value: i64) -> Param<'static> {
    Param::new(ValueRef::I64(value), Some(SqlType::I64))
}
