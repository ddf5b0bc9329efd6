use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::catalog::rows::rows;
use crate::engine::{Connection, Effect, Param, Statement};
use crate::value::{SqlType, ValueRef};
use crate::{Error, ErrorKind, Result};

const PREFIX: &str = "bindery_scratch_";

/// The statement that makes a database like this one, and what else is to be known of this one. What only newer versions have is asked for
/// by its name.
const PLAN: &str = "SELECT
        format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', $1::text,
            pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
        || CASE j.settings ->> 'datlocprovider'
            WHEN 'c' THEN ' LOCALE_PROVIDER libc'
            WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', j.settings ->> 'datlocale')
            WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(j.settings ->> 'datlocale', j.settings ->> 'daticulocale'))
                || coalesce(' ICU_RULES ' || quote_literal(nullif(j.settings ->> 'daticurules', '')), '')
            ELSE ''
        END,
        CASE WHEN current_schema() <> 'public' THEN format('CREATE SCHEMA %I', current_schema()) END,
        current_setting('search_path'),
        quote_ident(current_user)
    FROM pg_catalog.pg_database d, LATERAL (SELECT to_jsonb(d)) AS j (settings)
    WHERE d.datname = current_database()";

/// A database that was made to try definitions in, as far as its engine must know it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scratch {
    /// its name
    pub name: String,
    /// the `search_path` that its connections need, so that names mean in it what they mean in the database that it was made beside
    pub search_path: String,
    create_schema: Option<String>,
}

/// The database of [`Catalog::create_scratch`](crate::engine::Catalog::create_scratch): from `template0`, with the encoding, the collation
/// and the locale of the current one. On its first connection [`Scratch::create_schema`] is to be called. It has none of the extensions of
/// the current one.
///
/// # Errors
/// [`ErrorKind::PermissionDenied`] where the role may create none.
pub async fn create_scratch(connection: &mut dyn Connection) -> Result<Scratch> {
    let name = new_name();
    let params = [Param::new(ValueRef::Text(&name), Some(SqlType::Text))];
    let plan = rows::<(String, Option<String>, String, String)>(connection, PLAN, &params).await?.pop();
    let (sql, create_schema, search_path, role) =
        plan.ok_or_else(|| Error::new(ErrorKind::Server, "the server doesn't list the current database"))?;
    connection.execute(&Statement::new(&sql, &[], Effect::Write)).await.map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => {
            let message = format!(
                "the role {role} may create no database to try definitions in: give it the right by `ALTER ROLE {role} CREATEDB`, or do this by a \
                 bind whose user has it"
            );
            Error::new(ErrorKind::PermissionDenied, message).with_source(error)
        }
        _ => error,
    })?;
    Ok(Scratch { name, search_path, create_schema })
}

impl Scratch {
    /// Makes its current schema of the same name as that of the database that it was made beside.
    ///
    /// # Errors
    /// What the server says.
    pub async fn create_schema(&self, connection: &mut dyn Connection) -> Result<()> {
        match &self.create_schema {
            Some(sql) => connection.execute(&Statement::new(sql, &[], Effect::Write)).await.map(drop),
            None => Ok(()),
        }
    }
}

/// Drops such a database by its name, whoever is connected to it.
///
/// # Errors
/// [`ErrorKind::InvalidStatement`] for a database of any other name; what the server says.
pub async fn drop_scratch(connection: &mut dyn Connection, name: &str) -> Result<()> {
    let is_ours = name.strip_prefix(PREFIX).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_'));
    if !is_ours {
        let message = format!("`{name}` is no database that was made to try definitions in, and is not dropped");
        return Err(Error::new(ErrorKind::InvalidStatement, message));
    }
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    connection.execute(&Statement::new(&sql, &[], Effect::Write)).await.map(drop)
}

/// One that no other process and no other call has: of at most 54 letters, where the server takes 63.
fn new_name() -> String {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{PREFIX}{}_{}_{}", std::process::id(), since.as_micros(), CALLS.fetch_add(1, Ordering::Relaxed))
}
