//! Decimals kept as text.

pub(crate) fn register(_sqlite: &rusqlite::Connection) -> rusqlite::Result<()> {
    Ok(())
}
