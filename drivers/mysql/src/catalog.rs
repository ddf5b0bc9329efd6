use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bindery_core::catalog::mysql;
use bindery_core::definition::DatabaseDefinition;
use bindery_core::engine::{Catalog, Connection, Effect, Engine, Statement};
use bindery_core::{Error, ErrorKind, Result};

use crate::Mysql;

/// What the name of each scratch database begins with, so that one right covers all.
const PREFIX: &str = "bindery_scratch_";
/// How many connections a scratch database may have: one to try with, and one to look.
const CONNECTIONS: u32 = 2;

#[async_trait]
impl Catalog for Mysql {
    async fn reflect(&self, connection: &mut dyn Connection) -> Result<DatabaseDefinition> {
        mysql::reflect(connection).await
    }

    async fn lock(&self, connection: &mut dyn Connection, patience: Duration) -> Result<()> {
        // Nothing in the statement tells that it leaves something: as if the connection had been lent, it goes to nobody else.
        let _ = connection.native();
        mysql::lock(connection, patience).await
    }

    async fn unlock(&self, connection: &mut dyn Connection) -> Result<()> {
        mysql::unlock(connection).await
    }

    async fn set_timeouts(&self, connection: &mut dyn Connection, lock: Option<Duration>, statement: Option<Duration>) -> Result<()> {
        mysql::set_timeouts(connection, lock, statement).await
    }

    async fn create_scratch(&self, connection: &mut dyn Connection) -> Result<Arc<dyn Engine>> {
        let name = scratch_name();
        // Before there is anything to drop. It connects when it is used.
        let scratch = Mysql::open(self.config().for_database(&name, CONNECTIONS))?;
        mysql::create_beside(connection, &name).await.map_err(not_permitted)?;
        Ok(Arc::new(scratch))
    }

    async fn drop_scratch(&self, connection: &mut dyn Connection, scratch: Arc<dyn Engine>) -> Result<()> {
        let name = scratch.namespace();
        if !name.starts_with(PREFIX) {
            let message = format!("`{name}` is not dropped: no scratch database has such a name");
            return Err(Error::new(ErrorKind::InvalidStatement, message));
        }
        scratch.close().await;
        let sql = format!("DROP DATABASE IF EXISTS {}", self.dialect().quote(name));
        connection.execute(&Statement::new(&sql, &[], Effect::Write)).await.map(drop)
    }
}

/// A name that no other process gives: of at most 64 letters.
fn scratch_name() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    format!("{PREFIX}{now}_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed))
}

fn not_permitted(error: Error) -> Error {
    if error.kind() != ErrorKind::PermissionDenied {
        return error;
    }
    let message = "the bind's user may not make a scratch database beside its own, to try definitions in: grant all on those, by \
                   GRANT ALL ON `bindery\\_scratch\\_%`.* TO the user";
    Error::new(ErrorKind::PermissionDenied, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scratch_database_has_a_name_of_its_own_that_the_servers_take() {
        let (one, other) = (scratch_name(), scratch_name());
        assert_ne!(one, other);
        let longest = format!("{PREFIX}{}_{}_{}", u64::MAX / 1_000, u32::MAX, u32::MAX);
        assert!(one.len() <= longest.len() && longest.len() <= 64, "{longest}");
    }
}
