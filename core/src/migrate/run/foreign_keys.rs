use std::collections::BTreeMap;

use crate::engine::{Effect, Lease, Statement};
use crate::{Error, ErrorKind, Result};

/// SQLite's foreign keys, not looked at for the time of one migration: a table that is rebuilt is dropped in between, and others refer to
/// it. <https://sqlite.org/lang_altertable.html#otheralter>
pub(in crate::migrate) struct ForeignKeysOff {
    /// what was wrong before, and is not this migration's fault
    before: Violations,
}

/// How many rows of a table refer to no row of another.
type Violations = BTreeMap<(String, String), usize>;

impl ForeignKeysOff {
    /// Outside of a transaction: in one, SQLite would not listen.
    pub(in crate::migrate) async fn begin(lease: &mut Lease) -> Result<Self> {
        let before = violations(lease).await?;
        run(lease, "PRAGMA foreign_keys = OFF").await?;
        // Without it a rename looks at every view and trigger, those included that name the table that isn't there just then.
        run(lease, "PRAGMA legacy_alter_table = ON").await?;
        Ok(ForeignKeysOff { before })
    }

    /// Refuses what would leave rows behind that refer to nothing.
    pub(in crate::migrate) async fn check(&self, lease: &mut Lease) -> Result<()> {
        let now = violations(lease).await?;
        let more = now.iter().filter(|(tables, rows)| self.before.get(*tables).is_none_or(|before| before < *rows));
        let problems: Vec<_> = more
            .map(|((table, parent), rows)| format!("{rows} rows of `{table}` refer to rows of `{parent}` that are not there"))
            .collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::with_problems(ErrorKind::ForeignKeyViolation, "it would leave rows that refer to nothing", problems))
    }

    /// Where it isn't called the connection is closed when it is given back.
    pub(in crate::migrate) async fn end(self, lease: &mut Lease) -> Result<()> {
        run(lease, "PRAGMA legacy_alter_table = OFF").await?;
        run(lease, "PRAGMA foreign_keys = ON").await
    }
}

async fn run(lease: &mut Lease, sql: &str) -> Result<()> {
    lease.execute(&Statement::new(sql, &[], Effect::Write)).await.map(drop)
}

async fn violations(lease: &mut Lease) -> Result<Violations> {
    let rows: Vec<(String, String)> = lease.all("SELECT \"table\", parent FROM pragma_foreign_key_check").await?;
    let mut violations = Violations::new();
    for tables in rows {
        *violations.entry(tables).or_default() += 1;
    }
    Ok(violations)
}
