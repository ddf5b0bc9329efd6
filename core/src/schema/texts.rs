use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use crate::Result;
use crate::engine::{Dialect, Family, Spelling};

/// One text about a table in each dialect, written when it is first asked for.
#[derive(Default)]
pub(super) struct Texts {
    postgres: OnceLock<String>,
    mysql: OnceLock<String>,
    sqlite: OnceLock<String>,
    /// Of dialects that differ from their family: as few as the backends of an application.
    others: OnceLock<Box<Other>>,
}

/// The text in a dialect that differs from its family, and those that came after it.
struct Other {
    spelling: Spelling,
    text: String,
    next: OnceLock<Box<Other>>,
}

impl Texts {
    pub(super) fn get_or_write(&self, dialect: &Dialect, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        let text = match dialect.spelling().of_family() {
            Some(Family::Postgres) => &self.postgres,
            Some(Family::MySql) => &self.mysql,
            Some(Family::Sqlite) => &self.sqlite,
            None => return self.other(dialect.spelling(), write),
        };
        match text.get() {
            Some(text) => Ok(text),
            None => {
                let written = write()?;
                Ok(text.get_or_init(|| written))
            }
        }
    }

    fn other(&self, spelling: Spelling, write: impl FnOnce() -> Result<String>) -> Result<&str> {
        let mut place = &self.others;
        while let Some(other) = place.get() {
            if other.spelling == spelling {
                return Ok(&other.text);
            }
            place = &other.next;
        }
        let text = write()?;
        loop {
            let other = place.get_or_init(|| Box::new(Other { spelling, text: text.clone(), next: OnceLock::new() }));
            if other.spelling == spelling {
                return Ok(&other.text);
            }
            // Another thread's, of another dialect.
            place = &other.next;
        }
    }
}

/// The texts that insert one row into a table, which differ in the columns that are given, and in whether the row is given back.
#[derive(Default)]
pub(super) struct InsertTexts {
    first: OnceLock<Box<InsertText>>,
}

struct InsertText {
    places: Vec<usize>,
    returning: bool,
    text: Texts,
    next: OnceLock<Box<InsertText>>,
}

/// A table whose defaults are given now and then has as many as there are sets of them: these are enough for what happens all the time.
const MOST_INSERTS: usize = 16;

impl InsertTexts {
    pub(super) fn get_or_write(
        &self,
        places: &[usize],
        returning: bool,
        dialect: &Dialect,
        write: impl FnOnce() -> Result<String>,
    ) -> Result<Cow<'_, str>> {
        let mut place = &self.first;
        for _ in 0..MOST_INSERTS {
            let insert = place
                .get_or_init(|| Box::new(InsertText { places: places.to_vec(), returning, text: Texts::default(), next: OnceLock::new() }));
            if insert.places == places && insert.returning == returning {
                return insert.text.get_or_write(dialect, write).map(Cow::Borrowed);
            }
            place = &insert.next;
        }
        write().map(Cow::Owned)
    }
}

/// What a table keeps, which follows from it: so it tells no two tables apart, and a copy of the table, which may be changed, starts without it.
#[derive(Default)]
pub(super) struct Kept<T>(T);

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Default> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept::default()
    }
}

impl<T> PartialEq for Kept<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_has_its_own_text_and_a_name_makes_none() {
        let texts = Texts::default();
        let quoted = |opening| Dialect::sqlite().with_quotes(opening, '>');
        let dialects = [Dialect::sqlite(), Dialect::postgres(), quoted('<'), quoted('('), Dialect::mysql(), quoted('[')];
        for _ in 0..2 {
            for dialect in &dialects {
                assert_eq!(texts.get_or_write(dialect, || Ok(dialect.quote("a"))).unwrap(), dialect.quote("a"));
            }
        }
        let unwritten = || Err(crate::Error::new(crate::ErrorKind::Internal, "it is there"));
        assert_eq!(texts.get_or_write(&Dialect::sqlite().named("turso"), unwritten).unwrap(), "\"a\"");
        assert_eq!(texts.get_or_write(&quoted('(').named("turso"), unwritten).unwrap(), "(a>");
    }

    #[test]
    fn an_insert_of_other_columns_has_its_own_text_and_there_are_not_too_many() {
        let texts = InsertTexts::default();
        let text = |place: usize, returning: bool| format!("{place} {returning}");
        for round in 0..2 {
            for place in 0..MOST_INSERTS {
                for returning in [false, true] {
                    let mut written = false;
                    let write = || {
                        written = true;
                        Ok(text(place, returning))
                    };
                    assert_eq!(texts.get_or_write(&[place], returning, &Dialect::sqlite(), write).unwrap(), text(place, returning));
                    assert_eq!(written, round == 0 || place >= MOST_INSERTS / 2);
                }
            }
        }
    }

    #[test]
    fn dialects_of_many_threads_are_told_apart() {
        let texts = Texts::default();
        std::thread::scope(|scope| {
            for opening in "abcdefgh".chars() {
                let texts = &texts;
                scope.spawn(move || {
                    let dialect = Dialect::sqlite().with_quotes(opening, '>');
                    let found = texts.get_or_write(&dialect, || Ok(dialect.quote("n"))).unwrap();
                    assert_eq!(found, dialect.quote("n"));
                });
            }
        });
    }
}
