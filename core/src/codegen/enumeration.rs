use super::attribute::{Item, attribute, docs, literal};
use super::names::{Names, pascal};

/// An enum of the source.
#[derive(Debug, Clone)]
pub(super) struct Enumeration {
    /// its name in Rust
    pub(super) name: String,
    /// the name of the type in the database, where it is one of its own
    pub(super) type_name: Option<String>,
    pub(super) labels: Vec<String>,
    /// whose it is
    pub(super) docs: String,
}

impl Enumeration {
    pub(super) fn source(&self) -> String {
        let mut source = docs(0, &self.docs);
        source += "#[derive(Debug, Clone, Copy, PartialEq, Eq, Scalar)]\n";
        source += &attribute(0, "scalar", self.type_name.iter().map(|name| Item::text("enumeration", name)).collect());
        source += &format!("pub enum {} {{\n", self.name);
        let mut variants = Names::default();
        for label in &self.labels {
            let variant = variants.take(&pascal(label), |_| Vec::new());
            if variant != *label {
                source += &format!("    #[scalar(rename = {})]\n", literal(label));
            }
            source += &format!("    {variant},\n");
        }
        source + "}\n"
    }
}

/// The values of an `enum('a','it''s')` of MySQL's.
pub(super) fn labels(type_name: &str) -> Option<Vec<String>> {
    let mut rest = type_name.strip_prefix("enum(")?.strip_suffix(')')?;
    let mut labels = Vec::new();
    loop {
        let mut label = String::new();
        rest = rest.strip_prefix('\'')?;
        loop {
            let end = rest.find('\'')?;
            label += &rest[..end];
            rest = &rest[end + 1..];
            match rest.strip_prefix('\'') {
                Some(more) => (label, rest) = (label + "'", more),
                None => break,
            }
        }
        labels.push(label);
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            // A backslash may be one or the escape of something.
            None => return (rest.is_empty() && !type_name.contains('\\')).then_some(labels),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_from_their_type() {
        assert_eq!(labels("enum('a','it''s','b,c')").unwrap(), ["a", "it's", "b,c"]);
        assert_eq!(labels("enum('')").unwrap(), [""]);
        assert_eq!((labels("set('a')"), labels("enum('a\\\\')")), (None, None));
    }
}
