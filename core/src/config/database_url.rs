/// The URL of a database, taken apart and decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    scheme: String,
    path: String,
    parameters: Vec<(String, String)>,
}

impl DatabaseUrl {
    /// The scheme, in lower case: `sqlite`, `postgresql`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The path without the slash that ends the authority, decoded: `main` of `postgresql:///main`, `/abs/meta.db` of
    /// `sqlite:////abs/meta.db`, empty for none.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A query parameter, decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
