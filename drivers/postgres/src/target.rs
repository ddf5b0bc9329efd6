use tokio_postgres::{Client, SimpleQueryMessage};

/// Which servers will do: libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Target {
    #[default]
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

impl Target {
    pub(crate) const WORDS: [(&str, Target); 6] = [
        ("any", Target::Any),
        ("read-write", Target::ReadWrite),
        ("read-only", Target::ReadOnly),
        ("primary", Target::Primary),
        ("standby", Target::Standby),
        ("prefer-standby", Target::PreferStandby),
    ];

    /// What to look for, one after the other, among all hosts.
    pub(crate) fn passes(self) -> &'static [Target] {
        match self {
            Target::Any => &[Target::Any],
            Target::ReadWrite => &[Target::ReadWrite],
            Target::ReadOnly => &[Target::ReadOnly],
            Target::Primary => &[Target::Primary],
            Target::Standby => &[Target::Standby],
            Target::PreferStandby => &[Target::Standby, Target::Any],
        }
    }

    /// Asks the server what it is; the text says why it won't do.
    pub(crate) async fn check(self, client: &Client) -> Result<Option<&'static str>, tokio_postgres::Error> {
        if self == Target::Any {
            return Ok(None);
        }
        let sql = "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')";
        let answer = client.simple_query(sql).await?;
        let row = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let is_standby = row.and_then(|row| row.get(0)) == Some("t");
        let is_read_only = row.and_then(|row| row.get(1)) == Some("on");
        Ok(match self {
            Target::ReadWrite if is_read_only => Some("takes no writes (`target_session_attrs`)"),
            Target::ReadOnly if !is_read_only => Some("takes writes (`target_session_attrs`)"),
            Target::Primary if is_standby => Some("is a standby (`target_session_attrs`)"),
            Target::Standby if !is_standby => Some("is not a standby (`target_session_attrs`)"),
            _ => None,
        })
    }
}
