use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::files::Migration;
use super::{MigrationState, Version};
use crate::definition::HISTORY_TABLE;
use crate::engine::{Dialect, Effect, Family, FromRow, Lease, Param, Row, Statement};
use crate::value::{SqlType, Value, ValueRef, calendar};
use crate::{BindKey, Error, ErrorKind, Result};

/// What a bind's database says of the migrations that were applied to it.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    /// by their versions
    pub(super) entries: Vec<HistoryEntry>,
    /// whether the table is there
    pub(super) exists: bool,
}

/// One migration in the history of a bind's database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// its version
    pub version: Version,
    /// its name
    pub name: String,
    /// the bind that it was applied for
    pub bind: String,
    /// how far it has come
    pub state: MigrationState,
    /// of the file that was applied; until it is applied, of the statements that were
    pub checksum: String,
    /// how many of its statements have taken effect, in the direction in which it is run
    pub statements_done: usize,
    /// of the definitions before the statement that is running, where nothing else tells whether that has taken effect
    pub(super) fingerprint: Option<String>,
    /// when it was begun
    pub begun_at: SystemTime,
    /// how long it took, once it is applied
    pub duration: Duration,
    /// who has run it: user, machine and program
    pub run_by: String,
}

impl HistoryEntry {
    /// As it begins to be run, or is stamped.
    pub(super) fn new(migration: &Migration, bind: BindKey, state: MigrationState) -> Self {
        HistoryEntry {
            version: migration.version,
            name: migration.name.clone(),
            bind: bind.to_string(),
            state,
            checksum: migration.checksum().to_owned(),
            statements_done: 0,
            fingerprint: None,
            begun_at: SystemTime::now(),
            duration: Duration::ZERO,
            run_by: run_by(),
        }
    }
}

/// `ada@host (program)`; never longer than its column.
fn run_by() -> String {
    const MOST: usize = 200;
    let user = whoami::username().unwrap_or_else(|_| "?".to_owned());
    let host = whoami::hostname().unwrap_or_else(|_| "?".to_owned());
    let program = std::env::current_exe().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let whole = format!("{user}@{host} ({})", program.as_deref().unwrap_or("?"));
    whole.chars().take(MOST).collect()
}

const COLUMNS: [(&str, SqlType, Option<u32>, bool); 10] = [
    ("version", SqlType::I64, None, false),
    ("name", SqlType::Text, Some(200), false),
    ("bind", SqlType::Text, Some(32), false),
    ("state", SqlType::Text, Some(16), false),
    ("checksum", SqlType::Text, Some(64), false),
    ("statements_done", SqlType::I64, None, false),
    ("fingerprint", SqlType::Text, Some(64), true),
    ("begun_at", SqlType::Timestamp, None, false),
    ("duration_ms", SqlType::I64, None, false),
    ("run_by", SqlType::Text, Some(200), false),
];

impl FromRow for HistoryEntry {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let state: String = row.get(3)?;
        let state = MigrationState::of_word(&state);
        let begun_at = match row.value(7)? {
            ValueRef::Timestamp(micros) | ValueRef::DateTime(micros) => Some(micros),
            ValueRef::Text(text) => calendar::parse_timestamp(text),
            _ => None,
        };
        let number = |column| row.get::<i64>(column).map(|number| u64::try_from(number).unwrap_or_default());
        Ok(HistoryEntry {
            version: Version::from_number(row.get(0)?),
            name: row.get(1)?,
            bind: row.get(2)?,
            state: state
                .ok_or_else(|| Error::new(ErrorKind::Decode, "no state of a migration that this release knows").at_column("state"))?,
            checksum: row.get(4)?,
            statements_done: usize::try_from(number(5)?).unwrap_or(usize::MAX),
            fingerprint: row.get(6)?,
            begun_at: UNIX_EPOCH + Duration::from_micros(u64::try_from(begun_at.unwrap_or_default()).unwrap_or_default()),
            duration: Duration::from_millis(number(8)?),
            run_by: row.get(9)?,
        })
    }
}

impl HistoryEntry {
    /// In the order of the columns.
    fn values(&self) -> [Value; 10] {
        let micros = self.begun_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let number = |number: u128| Value::I64(i64::try_from(number).unwrap_or(i64::MAX));
        [
            Value::I64(self.version.number()),
            Value::Text(self.name.clone()),
            Value::Text(self.bind.clone()),
            Value::Text(self.state.word().to_owned()),
            Value::Text(self.checksum.clone()),
            number(self.statements_done as u128),
            self.fingerprint.clone().map_or(Value::Null, Value::Text),
            Value::Timestamp(i64::try_from(micros).unwrap_or(i64::MAX)),
            number(self.duration.as_millis()),
            Value::Text(self.run_by.clone()),
        ]
    }
}

/// The statements on the table.
pub(super) struct HistoryTable<'d> {
    dialect: &'d Dialect,
    bind: BindKey,
    /// where it is, once that is known: a script may change where names are looked for
    schema: Option<String>,
}

impl<'d> HistoryTable<'d> {
    pub(super) fn of(dialect: &'d Dialect, bind: BindKey) -> Self {
        HistoryTable { dialect, bind, schema: None }
    }

    /// Where it is known to be.
    pub(super) fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// In the current schema of this connection, whatever that becomes.
    pub(super) async fn located(mut self, lease: &mut Lease) -> Result<Self> {
        if self.dialect.family() == Family::Postgres {
            let schemas: Vec<Option<String>> = lease.all("SELECT current_schema()::text").await?;
            self.schema = schemas.into_iter().flatten().next();
        }
        Ok(self)
    }

    pub(super) async fn read(&self, lease: &mut Lease) -> Result<History> {
        let named = self.tables(lease).await?.iter().any(|table| table == HISTORY_TABLE);
        if !named {
            self.refuse_elsewhere(lease).await?;
            return Ok(History::default());
        }
        let names = COLUMNS.map(|(name, ..)| self.dialect.quote(name)).join(", ");
        let sql = format!("SELECT {names} FROM {} ORDER BY {}", self.name(), self.dialect.quote("version"));
        let entries = lease.all(&sql).await.map_err(|error| error.at_table(HISTORY_TABLE))?;
        Ok(History { entries, exists: true })
    }

    /// On PostgreSQL the current schema may have become another one: `"$user"` in the `search_path` means a schema once there is one of the
    /// user's name. Then everything would be applied again there.
    async fn refuse_elsewhere(&self, lease: &mut Lease) -> Result<()> {
        const PLACES: &str = "SELECT n.nspname::text, coalesce(current_schema()::text, '') FROM pg_catalog.pg_class c \
                              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                              WHERE c.relname = 'bindery_migrations' AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> coalesce(current_schema(), '') \
                              AND has_table_privilege(c.oid, 'SELECT')";
        if self.dialect.family() != Family::Postgres {
            return Ok(());
        }
        let places: Vec<(String, String)> = lease.all(PLACES).await?;
        for (schema, current) in places {
            let binds: Vec<String> =
                lease.all(&format!("SELECT DISTINCT bind FROM {}.{HISTORY_TABLE}", self.dialect.quote(&schema))).await?;
            if binds.iter().any(|bind| bind == self.bind.as_str()) {
                let message = format!(
                    "the history of this bind is in the schema `{schema}`, and the current schema is `{current}` now: give the bind the option \
                     `-c search_path={schema}`, or take `{schema}` out of its path where this is to be another database, or move its tables and `{HISTORY_TABLE}` by `ALTER TABLE … SET SCHEMA`"
                );
                return Err(Error::new(ErrorKind::Migration, message).on_bind(self.bind));
            }
        }
        Ok(())
    }

    async fn tables(&self, lease: &mut Lease) -> Result<Vec<String>> {
        lease.all(self.dialect.list_tables()).await
    }

    pub(super) async fn create(&self, lease: &mut Lease) -> Result<()> {
        self.run(lease, &self.create_sql(), &[]).await
    }

    pub(super) fn create_sql(&self) -> String {
        let column = |(name, sql_type, length, nullable): (&str, SqlType, Option<u32>, bool)| {
            let null = if nullable { "" } else { " NOT NULL" };
            format!("{} {}{null}", self.dialect.quote(name), self.dialect.type_name(sql_type, length, None))
        };
        let storage = if self.dialect.family() == Family::MySql { " ENGINE = InnoDB" } else { "" };
        let key = self.dialect.quote("version");
        format!("CREATE TABLE {} (\n  {},\n  PRIMARY KEY ({key})\n){storage}", self.name(), COLUMNS.map(column).join(",\n  "))
    }

    pub(super) async fn insert(&self, lease: &mut Lease, entry: &HistoryEntry) -> Result<()> {
        let names = COLUMNS.map(|(name, ..)| self.dialect.quote(name)).join(", ");
        let places: Vec<_> = (1..=COLUMNS.len()).map(|number| self.dialect.placeholder(number)).collect();
        let sql = format!("INSERT INTO {} ({names}) VALUES ({})", self.name(), places.join(", "));
        let values = entry.values();
        let params: Vec<_> =
            COLUMNS.iter().zip(&values).map(|((_, sql_type, ..), value)| Param::new(value.as_ref(), Some(*sql_type))).collect();
        self.run(lease, &sql, &params).await
    }

    /// Writes everything but its version anew.
    pub(super) async fn update(&self, lease: &mut Lease, entry: &HistoryEntry) -> Result<()> {
        let set = |(at, (name, ..)): (usize, &(&str, SqlType, Option<u32>, bool))| {
            format!("{} = {}", self.dialect.quote(name), self.dialect.placeholder(at + 1))
        };
        let sets: Vec<_> = COLUMNS[1..].iter().enumerate().map(set).collect();
        let (key, place) = (self.dialect.quote("version"), self.dialect.placeholder(COLUMNS.len()));
        let sql = format!("UPDATE {} SET {} WHERE {key} = {place}", self.name(), sets.join(", "));
        let mut values = entry.values();
        values.rotate_left(1);
        let types = COLUMNS.iter().cycle().skip(1).map(|(_, sql_type, ..)| *sql_type);
        let params: Vec<_> = values.iter().zip(types).map(|(value, sql_type)| Param::new(value.as_ref(), Some(sql_type))).collect();
        self.run(lease, &sql, &params).await
    }

    pub(super) async fn delete(&self, lease: &mut Lease, version: Version) -> Result<()> {
        let sql = format!("DELETE FROM {} WHERE {} = {}", self.name(), self.dialect.quote("version"), self.dialect.placeholder(1));
        self.run(lease, &sql, &[Param::new(ValueRef::I64(version.number()), Some(SqlType::I64))]).await
    }

    async fn run(&self, lease: &mut Lease, sql: &str, params: &[Param<'_>]) -> Result<()> {
        let statement = Statement::new(sql, params, Effect::Write).of_table(Some(HISTORY_TABLE));
        lease.execute(&statement).await.map(drop).map_err(|error| error.at_table(HISTORY_TABLE))
    }

    fn name(&self) -> String {
        let table = self.dialect.quote(HISTORY_TABLE);
        self.schema.as_ref().map_or_else(|| table.clone(), |schema| format!("{}.{table}", self.dialect.quote(schema)))
    }
}
