//! Names of a database in Rust's case, and each given once.

use std::collections::BTreeSet;

/// What is no name of a field, but as a raw one.
const KEYWORDS: [&str; 49] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield", "union",
];

/// What can't even be a raw name.
const NEVER: [&str; 5] = ["self", "Self", "super", "crate", "_"];

/// Names that are taken.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// With these taken already.
    pub(super) fn with<'n>(taken: impl IntoIterator<Item = &'n str>) -> Self {
        Names(taken.into_iter().map(str::to_owned).collect())
    }

    /// A name, with a number behind it where it, or one that `also` makes of it, is taken.
    pub(super) fn take(&mut self, name: &str, also: impl Fn(&str) -> Vec<String>) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut all = std::iter::once(name.to_owned()).chain(numbered);
        let is_free = |name: &String| !self.0.contains(name) && also(name).iter().all(|other| !self.0.contains(other));
        let name = all.find(is_free).unwrap_or_default();
        self.0.extend(also(&name));
        self.0.insert(name.clone());
        name
    }
}

/// `FilmActor` of `film_actor`, `filmActor` and `FILM-ACTOR`.
pub(super) fn pascal(name: &str) -> String {
    let name: String = words(name).iter().map(|word| capitalized(word)).collect();
    match name.chars().next() {
        None => "Unnamed".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        Some(_) if NEVER.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

/// `film_actor` of `FilmActor`, `film actor` and `FILM_ACTOR`, as it can stand where a name is wanted, keywords apart.
pub(super) fn snake(name: &str) -> String {
    let name = words(name).join("_").to_lowercase();
    match name.chars().next() {
        None => "unnamed".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) if NEVER.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

/// As it is written: `r#type`.
pub(super) fn written(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_letter = letter.is_alphabetic() || letter.is_ascii_digit();
        let ends_upper = before.is_some_and(char::is_uppercase) && letters.peek().is_some_and(|next| next.is_lowercase());
        let begins = letter.is_uppercase() && (before.is_some_and(|before: char| !before.is_uppercase()) || ends_upper);
        if !is_letter || begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| is_letter) {
            word.push(letter);
        }
        before = is_letter.then_some(letter);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters.as_str().to_lowercase().chars()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_rusts_case_and_can_stand_there() {
        for (name, type_name, field) in [
            ("film_actor", "FilmActor", "film_actor"),
            ("FILM_ACTOR", "FilmActor", "film_actor"),
            ("filmActorID", "FilmActorId", "film_actor_id"),
            ("HTTPServer", "HttpServer", "http_server"),
            ("order lines", "OrderLines", "order_lines"),
            ("a\"b'c", "ABC", "a_b_c"),
            ("größe", "Größe", "größe"),
            ("2fa", "N2fa", "_2fa"),
            ("self", "Self_", "self_"),
            ("_", "Unnamed", "unnamed"),
            ("x²", "X", "x"),
        ] {
            assert_eq!((pascal(name).as_str(), snake(name).as_str()), (type_name, field), "{name}");
        }
        assert_eq!((written("type"), written("kind")), ("r#type".to_owned(), "kind".to_owned()));
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::with(["Model"]);
        let mut take = |name: &str| names.take(name, |name| vec![format!("New{name}")]);
        assert_eq!(
            [take("Film"), take("NewFilm"), take("Film"), take("Model")],
            ["Film", "NewFilm2", "Film3", "Model2"],
            "`Film2` would bring `NewFilm2`"
        );
    }
}
