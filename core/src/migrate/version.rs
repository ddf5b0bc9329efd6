use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::value::calendar::format_date_time;
use crate::{Error, ErrorKind, Result};

const DIGITS: usize = 14;

/// The version of a migration: the moment when it was written, in UTC, as the fourteen digits that its folder begins with. Migrations of a
/// bind are applied in the order of their versions.
///
/// ```
/// use bindery::migrate::Version;
///
/// let version: Version = "20261129120305".parse()?;
/// assert!(version < Version::now());
/// assert_eq!(version.to_string(), "20261129120305");
/// assert!("20261129".parse::<Version>().is_err());
/// # Ok::<(), bindery::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(u64);

impl Version {
    /// That of a migration written now, to the second.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let text = i64::try_from(since.as_secs()).ok().and_then(|seconds| format_date_time(seconds.saturating_mul(1_000_000)));
        let digits: String = text.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        Version(digits.parse().unwrap_or_default())
    }

    /// The next one, for a migration written within the same second.
    pub(super) fn after(self, other: Option<Version>) -> Self {
        match other {
            Some(other) if other >= self => Version(other.0 + 1),
            _ => self,
        }
    }

    /// As a number, as it is kept in a history.
    pub(super) fn number(self) -> i64 {
        // Fourteen digits.
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    pub(super) fn from_number(number: i64) -> Self {
        Version(u64::try_from(number).unwrap_or_default())
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = Some(text).filter(|text| text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).map(Version).ok_or_else(|| {
            let message = format!("`{}` is no version: it is the fourteen digits of a moment, such as 20261129120305", text.escape_debug());
            Error::new(ErrorKind::Migration, message)
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_within_the_same_second_comes_after() {
        let now = Version::now();
        assert_eq!(now.to_string().len(), DIGITS);
        assert!(now.after(Some(now)) > now);
        assert_eq!(now.after(Some(Version(1))), now);
        assert_eq!(now.after(None), now);
        assert_eq!(Version::from_number(now.number()), now);
    }
}
