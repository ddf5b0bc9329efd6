use std::fmt;

/// What happens to a row when the row that it refers to is deleted, or its key changed.
///
/// ```
/// use bindery_core::definition::ReferentialAction;
///
/// assert_eq!(ReferentialAction::SetNull.to_string(), "SET NULL");
/// assert_eq!(ReferentialAction::from_sql("set null"), Some(ReferentialAction::SetNull));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReferentialAction {
    /// it is refused at the end of the statement
    #[default]
    NoAction,
    /// it is refused
    Restrict,
    /// the row is deleted, or its key changed, too
    Cascade,
    /// the column becomes NULL
    SetNull,
    /// the column becomes its default; not on MySQL and MariaDB
    SetDefault,
}

impl ReferentialAction {
    const ALL: [ReferentialAction; 5] = [
        ReferentialAction::NoAction,
        ReferentialAction::Restrict,
        ReferentialAction::Cascade,
        ReferentialAction::SetNull,
        ReferentialAction::SetDefault,
    ];

    /// The action of these words of SQL, in whichever case.
    pub fn from_sql(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.words().eq_ignore_ascii_case(words))
    }

    fn words(self) -> &'static str {
        match self {
            ReferentialAction::NoAction => "NO ACTION",
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        }
    }
}

impl fmt::Display for ReferentialAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
