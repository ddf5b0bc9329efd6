use super::Version;

/// How far a bind's database is to be led.
///
/// ```
/// use bindery::migrate::{Target, Version};
///
/// let version: Version = "20261129120305".parse()?;
/// assert_eq!(Target::from(version), Target::Version(version));
/// # Ok::<(), bindery::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Target {
    /// up: to the newest migration
    #[default]
    Newest,
    /// down: to none
    Nothing,
    /// to the migrations up to this version. It need not be a migration's own, so that several binds can be led to one moment
    Version(Version),
    /// by this many migrations of each bind; one that was begun and is not through is the first of them
    Steps(usize),
}

impl From<Version> for Target {
    fn from(version: Version) -> Self {
        Target::Version(version)
    }
}
