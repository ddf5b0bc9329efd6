//! Names: from Rust's case to SQL's, or to the case that `rename_all` asks for.

/// Splits a Rust name into its words: `HTTPServer` is `HTTP`, `Server`; `film_actor` is `film`, `actor`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1);
        let starts =
            c.is_uppercase() && before.is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
        if starts || c == '_' {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.push(c);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `HTTPServer` becomes `http_server`, `FilmActor` becomes `film_actor`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_").to_lowercase()
}

/// The cases of `rename_all`.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    /// Every case by its own spelling.
    const ALL: [(&'static str, Case); 8] = [
        ("lowercase", Case::Lower),
        ("UPPERCASE", Case::Upper),
        ("PascalCase", Case::Pascal),
        ("camelCase", Case::Camel),
        ("snake_case", Case::Snake),
        ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
        ("kebab-case", Case::Kebab),
        ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
    ];

    pub(crate) fn from_name(name: &str) -> Result<Case, String> {
        let found = Case::ALL.iter().find(|(known, _)| *known == name).map(|(_, case)| *case);
        found.ok_or_else(|| format!("unknown case: known are {}", Case::ALL.map(|(known, _)| format!("\"{known}\"")).join(", ")))
    }

    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        match self {
            Case::Lower => words.concat().to_lowercase(),
            Case::Upper => words.concat().to_uppercase(),
            Case::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Case::Camel => words.iter().enumerate().map(|(i, word)| if i == 0 { word.to_lowercase() } else { capitalized(word) }).collect(),
            Case::Snake => words.join("_").to_lowercase(),
            Case::ScreamingSnake => words.join("_").to_uppercase(),
            Case::Kebab => words.join("-").to_lowercase(),
            Case::ScreamingKebab => words.join("-").to_uppercase(),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_snake_case() {
        for (name, table) in [
            ("User", "user"),
            ("FilmActor", "film_actor"),
            ("HTTPServer", "http_server"),
            ("UserV2", "user_v2"),
            ("Ipv4Address", "ipv4_address"),
            ("EVENTS", "events"),
            ("LOG_ENTRIES", "log_entries"),
        ] {
            assert_eq!(snake(name), table);
        }
    }

    #[test]
    fn each_case_of_rename_all() {
        let names = ["inprogress", "INPROGRESS", "InProgress", "inProgress", "in_progress", "IN_PROGRESS", "in-progress", "IN-PROGRESS"];
        for ((_, case), name) in Case::ALL.iter().zip(names) {
            assert_eq!(case.apply("InProgress"), name);
        }
    }
}
