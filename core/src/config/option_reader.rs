use std::fmt::Display;
use std::time::Duration;

use super::BindConfig;
use crate::{Error, ErrorKind, Result};

/// Reads a driver's own options, each as an option of the bind or as its URL's parameter of the same name, and gathers every problem, so
/// that a user mends them in one go. No message shows a value: each may be a secret.
///
/// ```
/// use bindery_core::BindKey;
/// use bindery_core::config::{BindConfig, OptionReader};
///
/// let bind = BindConfig::new(BindKey::DEFAULT, "mydb://localhost/shop?mode=fast".parse()?).with_option("mode", "slow");
/// let mut reader = OptionReader::new(&bind);
/// let fast = reader.word("mode", &[("fast", true), ("slow", false)]);
/// assert_eq!(fast, Some(true));
/// let error = reader.finish("the database is not configured correctly").unwrap_err();
/// assert_eq!(error.problems(), ["`mode` is set twice, to different values: keep that of the URL or that of the option"]);
/// # Ok::<(), bindery_core::Error>(())
/// ```
pub struct OptionReader<'a> {
    bind: &'a BindConfig,
    problems: Vec<String>,
}

impl<'a> OptionReader<'a> {
    /// Of this bind.
    pub fn new(bind: &'a BindConfig) -> Self {
        OptionReader { bind, problems: Vec::new() }
    }

    /// The bind.
    pub fn bind(&self) -> &'a BindConfig {
        self.bind
    }

    /// Notes a problem, which names the option and says what to do.
    pub fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] with every problem, where there was one.
    pub fn finish(self, summary: &str) -> Result<()> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(Error::with_problems(ErrorKind::Configuration, summary, self.problems))
    }

    /// A text.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.text_beside(name, None)
    }

    /// A text that has a place of its own in the URL too.
    pub fn text_beside(&mut self, name: &'static str, in_url: Option<&str>) -> Option<String> {
        let parameter = self.bind.url().parameter(name);
        let option = self.bind.text(name).map(|option| option.map(str::to_owned));
        let option = self.keep(option);
        let places = [in_url.map(str::to_owned), parameter.map(str::to_owned), option];
        let text = self.agreed(name, places)?;
        if text.contains('\0') {
            self.problem(format!("`{name}` contains a NUL byte"));
            return None;
        }
        Some(text)
    }

    /// One of a few words.
    pub fn word<T: Copy + PartialEq>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.problem(format!("`{name}` must be one of {}", words.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// Whole seconds in the URL; as an option, a duration.
    pub fn duration(&mut self, name: &'static str) -> Option<Duration> {
        let parameter = self.parameter(name, "a whole number of seconds", |text| text.parse().ok().map(Duration::from_secs));
        let option = self.keep(self.bind.duration(name));
        self.agreed(name, [parameter, option])
    }

    /// `1` or `0` in the URL; as an option, true or false.
    pub fn switch(&mut self, name: &'static str) -> Option<bool> {
        let parameter = self.parameter(name, "`1` or `0`", |text| match text {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        });
        let option = self.keep(self.bind.bool(name));
        self.agreed(name, [parameter, option])
    }

    /// A whole number.
    pub fn integer(&mut self, name: &'static str) -> Option<i64> {
        let parameter = self.parameter(name, "a whole number", |text| text.parse().ok());
        let option = self.keep(self.bind.integer(name));
        self.agreed(name, [parameter, option])
    }

    fn parameter<T>(&mut self, name: &'static str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.bind.url().parameter(name)?;
        let value = parse(text);
        if value.is_none() {
            self.problem(format!("the URL's query parameter `{name}` must be {expected}"));
        }
        value
    }

    /// The value of all the places that set it; a problem where they set different ones.
    pub fn agreed<T: PartialEq, const N: usize>(&mut self, name: &str, places: [Option<T>; N]) -> Option<T> {
        let mut set = places.into_iter().flatten();
        let first = set.next()?;
        if set.any(|other| other != first) {
            self.problem(format!("`{name}` is set twice, to different values: keep that of the URL or that of the option"));
        }
        Some(first)
    }

    /// What was read, or nothing where that was a problem.
    pub fn keep<T, E: Display>(&mut self, read: Result<Option<T>, E>) -> Option<T> {
        read.unwrap_or_else(|problem| {
            self.problem(problem.to_string());
            None
        })
    }
}
