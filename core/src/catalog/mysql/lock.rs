use std::time::{Duration, Instant};

use super::rows;
use crate::engine::{Connection, Effect, Statement};
use crate::{Error, ErrorKind, Result};

/// Between two looks at a lock that another connection holds.
const PAUSE: Duration = Duration::from_millis(50);

/// The most seconds that a server takes for `wait_timeout` on any system: 24 days.
const LONGEST_WAIT: u32 = 2_147_483;

/// The lock's name, which is one of the whole server: locks have at most 64 letters, and databases may differ in nothing but case.
const NAME: &str = "CONCAT('bindery.', SHA1(IF(@@lower_case_table_names = 0, database(), LOWER(database()))))";

/// See [`Catalog::lock`](crate::engine::Catalog::lock): `GET_LOCK`, of a name for this database alone.
///
/// Such a lock is of one server. **On a cluster** (Galera, group replication with several primaries) it keeps out only who comes to the
/// same node, or is refused: there, give the bind an address of one node.
///
/// # Errors
/// [`ErrorKind::Locked`] where another connection has held it for so long; [`ErrorKind::Unsupported`] where a cluster has no such locks.
pub async fn lock(connection: &mut dyn Connection, patience: Duration) -> Result<()> {
    let begun = Instant::now();
    let sql = format!("SELECT GET_LOCK({NAME}, 0)");
    loop {
        let got: Vec<Option<i64>> = rows(connection, &sql, &[]).await.map_err(not_on_a_cluster)?;
        if got == [Some(1)] {
            // The server closes a connection on which nothing happens, and the lock with it, while a migration works on another one.
            let sql = format!("SET SESSION wait_timeout = {LONGEST_WAIT}");
            return connection.execute(&Statement::new(&sql, &[], Effect::Write)).await.map(drop);
        }
        let left = patience.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Err(held(connection, patience).await);
        }
        tokio::time::sleep(left.min(PAUSE)).await;
    }
}

/// See [`Catalog::unlock`](crate::engine::Catalog::unlock).
///
/// # Errors
/// What the server says.
pub async fn unlock(connection: &mut dyn Connection) -> Result<()> {
    rows::<Option<i64>>(connection, &format!("SELECT RELEASE_LOCK({NAME})"), &[]).await.map(drop)
}

fn not_on_a_cluster(error: Error) -> Error {
    if error.kind() != ErrorKind::Unsupported {
        return error;
    }
    let message = "this server has no locks by name (GET_LOCK), as on a Galera cluster: nothing keeps two from changing its definitions at \
                   once, so bindery does not migrate it. Give the bind an address of one node that has such locks, or run the plan's SQL by hand";
    Error::new(ErrorKind::Unsupported, message).with_source(error)
}

/// Who holds it, as far as the server tells.
async fn held(connection: &mut dyn Connection, patience: Duration) -> Error {
    let holder = rows::<Option<i64>>(connection, &format!("SELECT IS_USED_LOCK({NAME})"), &[]).await;
    let holder = holder.ok().and_then(|ids| ids.into_iter().next().flatten());
    let who = match holder {
        Some(id) => {
            let sql = format!("SELECT user, host FROM information_schema.processlist WHERE id = {id}");
            // Without the right PROCESS a user sees only their own.
            let seen = rows::<(String, String)>(connection, &sql, &[]).await.unwrap_or_default();
            let user = seen.first().map(|(user, host)| format!(" of `{user}` from `{host}`")).unwrap_or_default();
            format!("connection {id}{user} holds it; wait until that is done, or end it by `KILL {id}`")
        }
        None => "it has become free just now: try again".to_owned(),
    };
    let message = format!("the lock for changes of this database's definitions was not free within {patience:?}: {who}");
    Error::new(ErrorKind::Locked, message)
}
