use crate::value::SqlType;

/// What stands in a statement for each of its parameters: [`Dialect::with_placeholders`](super::Dialect::with_placeholders).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placeholders {
    /// the same for each: `?`
    Plain(&'static str),
    /// with its number, from 1, behind this: `$1`, `:1`, `@p1`
    Numbered(&'static str),
}

impl Placeholders {
    /// What is written, and whether a number follows.
    pub(crate) const fn mark(self) -> (&'static str, bool) {
        match self {
            Placeholders::Plain(mark) => (mark, false),
            Placeholders::Numbered(mark) => (mark, true),
        }
    }
}

/// How a select says how many rows it gives, and after how many: [`Dialect::with_limit`](super::Dialect::with_limit).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitForm {
    /// `LIMIT 10 OFFSET 20`
    LimitOffset,
    /// `OFFSET 20 ROWS FETCH NEXT 10 ROWS ONLY`, the standard's
    OffsetFetch,
}

/// How an insert says what becomes of a row whose key is there already: [`Dialect::with_upsert`](super::Dialect::with_upsert).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UpsertForm {
    /// `ON CONFLICT (email) DO UPDATE SET name = excluded.name`
    OnConflict,
    /// `ON DUPLICATE KEY UPDATE name = VALUES(name)`, whichever key it is
    OnDuplicateKey,
    /// not at all: such an insert is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported)
    None,
}

/// Where a dialect differs from its family. Plain data, so that a dialect is a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Overrides {
    pub(super) quotes: Option<(char, char)>,
    pub(super) placeholders: Option<Placeholders>,
    pub(super) limit: Option<LimitForm>,
    pub(super) upsert: Option<UpsertForm>,
    pub(super) types: &'static [(SqlType, &'static str)],
    pub(super) without_types: &'static [SqlType],
}

impl Overrides {
    pub(super) const NONE: Self = Overrides { quotes: None, placeholders: None, limit: None, upsert: None, types: &[], without_types: &[] };
}
