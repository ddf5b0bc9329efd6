//! The placeholders of a statement's text, as far as they can be told without parsing it.

use bindery_core::{Error, ErrorKind, Result};

/// Refuses more parameters than any placeholder of the text stands for. That there are too few, the server tells.
pub(crate) fn check(sql: &str, given: usize) -> Result<()> {
    if given > 0 && given > highest(sql) { Err(wrong_number(sql, highest(sql), given)) } else { Ok(()) }
}

pub(crate) fn wrong_number(sql: &str, wanted: usize, given: usize) -> Error {
    let hint = hint(sql).unwrap_or_default();
    Error::new(ErrorKind::InvalidStatement, format!("the statement has {wanted} placeholders and was given {given} parameters{hint}"))
}

/// To stand behind a message, where the statement may have been written for another database.
pub(crate) fn hint(sql: &str) -> Option<&'static str> {
    sql.contains('?').then_some("; placeholders are `$1`, `$2` here")
}

/// The highest number of a placeholder. One in quotes or a comment counts too, so this may be too high, and never too low.
pub(crate) fn highest(sql: &str) -> usize {
    let number = |after: &str| after.split(|digit: char| !digit.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    sql.split('$').skip(1).filter_map(number).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_placeholder_is_found() {
        for (sql, number) in [("", 0), ("select $", 0), ("$1", 1), ("select $2, $10+$1", 10), ("$$ $tag$ $3é", 3), ("? $é", 0)] {
            assert_eq!(highest(sql), number, "{sql}");
        }
        assert!(check("select 1", 0).is_ok() && check("select $1", 1).is_ok() && check("select $2", 1).is_ok());
        let message = "the statement has 0 placeholders and was given 1 parameters; placeholders are `$1`, `$2` here";
        assert_eq!(check("select ?", 1).unwrap_err().to_string(), message);
    }
}
