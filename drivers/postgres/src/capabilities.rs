use bindery_core::engine::Capabilities;
use tokio_postgres::{Client, Error};

/// One round trip. Servers that only speak PostgreSQL's protocol may lack the setting. On a standby nothing can be prepared.
const QUERY: &str = "SELECT current_setting('server_version'), \
    coalesce(current_setting('max_prepared_transactions', true), '0') <> '0' AND NOT pg_catalog.pg_is_in_recovery()";

/// The most parameters that the protocol's message carries: their number has 16 bits.
const MAX_PARAMETERS: usize = 65_535;

/// The most bytes of one message: <https://github.com/postgres/postgres/blob/master/src/include/utils/memutils.h>, `MaxAllocSize`.
const MAX_BYTES: usize = 0x3fff_ffff;

/// Asks the server what it can do.
pub(crate) async fn read(client: &Client) -> Result<Capabilities, Error> {
    let row = client.query_typed_one(QUERY, &[]).await?;
    let version: &str = row.try_get(0)?;
    let mut capabilities = Capabilities::none(format!("PostgreSQL {version}"));
    capabilities.returning = true;
    capabilities.common_table_expressions = true;
    capabilities.window_functions = true;
    capabilities.row_locks = true;
    capabilities.skip_locked = true;
    capabilities.no_wait = true;
    capabilities.check_constraints = true;
    capabilities.transactional_ddl = true;
    capabilities.two_phase = row.try_get(1)?;
    capabilities.max_parameters = MAX_PARAMETERS;
    capabilities.max_statement_bytes = MAX_BYTES;
    Ok(capabilities)
}
