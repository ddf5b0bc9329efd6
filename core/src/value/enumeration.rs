/// An enumeration that is a type of the server's own: its name and its values. What [`Scalar::ENUMERATION`](super::Scalar::ENUMERATION) says of a type;
/// `#[scalar(enumeration = "mood")]` makes it.
///
/// ```
/// use bindery::Scalar;
/// use bindery::value::{Enumeration, Scalar as _};
///
/// #[derive(Scalar)]
/// #[scalar(enumeration = "mood", rename_all = "snake_case")]
/// enum Mood {
///     Sad,
///     Happy,
/// }
/// assert_eq!(Mood::ENUMERATION, Some(Enumeration::new("mood", &["sad", "happy"])));
/// assert_eq!(Option::<Mood>::ENUMERATION, Mood::ENUMERATION);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enumeration {
    /// its name; on PostgreSQL the type's
    pub name: &'static str,
    /// its values, in order
    pub labels: &'static [&'static str],
}

impl Enumeration {
    /// An enumeration of these values.
    pub const fn new(name: &'static str, labels: &'static [&'static str]) -> Self {
        Enumeration { name, labels }
    }
}
