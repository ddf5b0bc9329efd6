use std::error::Error;
use std::io::Write;

/// Prints what was found; fails where it is not what was expected.
pub(crate) fn check(what: &str, found: &str, expected: &str) -> Result<(), Box<dyn Error>> {
    if found != expected {
        return Err(format!("{what}: expected {expected}, found {found}").into());
    }
    writeln!(std::io::stdout(), "{what}: {found}")?;
    Ok(())
}

/// Rows in one line: `Emma 2, Persuasion 1`.
pub(crate) fn listed(rows: &[(String, i64)]) -> String {
    rows.iter().map(|(name, number)| format!("{name} {number}")).collect::<Vec<_>>().join(", ")
}
