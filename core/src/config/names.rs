//! Names that the user wrote, in messages.

/// A name as a message quotes it. One that does not look like a name is not shown: a URL may stand where a name should.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    if name.chars().count() <= 40 && name.chars().all(plain) { format!("`{name}`") } else { "(a name that is not shown)".to_owned() }
}

/// The known name that was probably meant, ready to be put after a message.
pub(super) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(name, known).map(|known| format!(": did you mean `{known}`?")).unwrap_or_default()
}

/// The known name within two edits, one for short names.
pub(super) fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Beyond this nothing known is near, and the distance would cost the square of it.
    if name.len() > 40 {
        return None;
    }
    let name = name.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&name, known), known))
        .filter(|(distance, known)| *distance <= if known.len() < 5 { 1 } else { 2 })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        let known = ["url", "pool_size", "pool_timeout"];
        for (name, found) in
            [("uri", Some("url")), ("pool_sice", Some("pool_size")), ("Pool-Size", Some("pool_size")), ("size", None), ("echo", None)]
        {
            assert_eq!(closest(name, known), found, "{name}");
        }
        assert_eq!(did_you_mean("urll", known), ": did you mean `url`?");
    }

    #[test]
    fn only_names_are_shown() {
        assert_eq!(quoted("Auth-1"), "`Auth-1`");
        for name in ["mysql://u:pw@h", "a\nb", &"x".repeat(41)] {
            assert_eq!(quoted(name), "(a name that is not shown)");
        }
    }
}
