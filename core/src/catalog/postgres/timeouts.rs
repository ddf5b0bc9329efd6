use std::time::Duration;

use crate::Result;
use crate::catalog::rows::rows;
use crate::engine::{Connection, Param};
use crate::value::{SqlType, ValueRef};

const SET: &str = "SELECT set_config('lock_timeout', $1, false), set_config('statement_timeout', $2, false)";

/// See [`Catalog::set_timeouts`](crate::engine::Catalog::set_timeouts). In whole milliseconds, 1 at least and some 24 days at most; `None`
/// is without an end, whatever role, database and server say.
pub async fn set_timeouts(connection: &mut dyn Connection, lock: Option<Duration>, statement: Option<Duration>) -> Result<()> {
    let (lock, statement) = (setting(lock), setting(statement));
    let params = [&lock, &statement].map(|setting| Param::new(ValueRef::Text(setting), Some(SqlType::Text)));
    rows::<(String, String)>(connection, SET, &params).await.map(drop)
}

/// The server's zero is no limit, so the shortest of ours must not become it.
fn setting(limit: Option<Duration>) -> String {
    let milliseconds = limit.map_or(0, |limit| i32::try_from(limit.as_millis()).unwrap_or(i32::MAX).max(1));
    format!("{milliseconds}ms")
}
