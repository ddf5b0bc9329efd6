/// What a [`Driver`](crate::engine::Driver) says of itself, as far as checking a configuration needs it: [`ConfigBuilder::resolve`](super::ConfigBuilder::resolve)
/// takes a slice of these. [`Config`](super::Config) has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriverInfo {
    /// its name
    pub name: &'static str,
    /// the URL schemes that it serves
    pub schemes: &'static [&'static str],
    /// the options of its own that a bind may have
    pub options: &'static [&'static str],
    /// the query parameters that its URLs may have
    pub parameters: &'static [&'static str],
}

impl DriverInfo {
    pub(super) fn serves(&self, scheme: &str) -> bool {
        self.schemes.contains(&scheme)
    }
}
