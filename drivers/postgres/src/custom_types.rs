//! The database's own types, looked up ahead.
//!
//! tokio-postgres looks a type that it doesn't know up in the middle of the statement whose result has it, by prepared statements with
//! names. Behind a pooler that gives each transaction another server connection (`statement_cache_size = 0`) a name is good for one
//! transaction only. So all types are looked up when the connection is made, in one transaction that leaves no name behind.

use futures_util::future::try_join_all;
use tokio_postgres::{Client, Error};

/// Enumerations, ranges, base types of extensions (citext), composites that aren't tables, and the arrays of all these. No domain: a
/// result has its base type.
const TYPES: &str = "\
SELECT t.oid::pg_catalog.regtype::pg_catalog.text, t.typtype::pg_catalog.text \
FROM pg_catalog.pg_type t \
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' \
LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(nullif(t.typrelid, 0), e.typrelid) \
WHERE t.oid >= 16384 AND t.typisdefined AND t.typtype IN ('b', 'c', 'e', 'm', 'r') AND (c.oid IS NULL OR c.relkind = 'c') \
AND pg_catalog.has_schema_privilege(t.typnamespace, 'USAGE') AND NOT pg_catalog.pg_is_other_temp_schema(t.typnamespace) \
ORDER BY t.typtype, t.oid";

/// Makes the client know every type that the database has now.
pub(crate) async fn look_up(client: &Client) -> Result<(), Error> {
    // What a client before us left on this server connection may bear the names that ours will choose.
    client.batch_execute("BEGIN READ ONLY; DEALLOCATE ALL").await?;
    let rows = client.query_typed(TYPES, &[]).await?;
    let types = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<Vec<(&str, &str)>, Error>>()?;
    // One of each kind in turn, so that the client prepares its look-ups once; the others pipelined.
    let mut first_of_kind: Vec<(&str, &str)> = Vec::new();
    for (name, kind) in &types {
        if !first_of_kind.iter().any(|(_, known)| known == kind) {
            first_of_kind.push((name, kind));
            look_up_one(client, name).await?;
        }
    }
    try_join_all(types.iter().map(|(name, _)| look_up_one(client, name))).await?;
    client.batch_execute("DEALLOCATE ALL; COMMIT").await
}

async fn look_up_one(client: &Client, name: &str) -> Result<(), Error> {
    client.query_typed(&format!("SELECT NULL::{name}"), &[]).await.map(drop)
}
