use std::fmt::Display;
use std::time::Duration;

use bindery_core::config::{BindConfig, OptionValue};

/// What Linux takes as the times and the number of keepalives.
const MOST_SECONDS: u64 = 32_767;
const MOST_TIMES: u32 = 127;

/// Reads what a bind sets, as an option or as its URL's parameter of the same name, and gathers every problem.
///
/// No message shows a value: each may be a secret.
pub(crate) struct OptionReader<'a> {
    bind: &'a BindConfig,
    problems: Vec<String>,
}

impl<'a> OptionReader<'a> {
    pub(crate) fn new(bind: &'a BindConfig) -> Self {
        OptionReader { bind, problems: Vec::new() }
    }

    pub(crate) fn bind(&self) -> &'a BindConfig {
        self.bind
    }

    pub(crate) fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    pub(crate) fn problems(self) -> Vec<String> {
        self.problems
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.text_beside(name, None)
    }

    /// A text that has a place of its own in the URL too.
    pub(crate) fn text_beside(&mut self, name: &'static str, in_url: Option<&str>) -> Option<String> {
        let parameter = self.bind.url().parameter(name);
        let option = self.bind.text(name).map(|option| option.map(str::to_owned));
        let option = self.keep(option);
        let places = [in_url.map(str::to_owned), parameter.map(str::to_owned), option];
        let text = self.agreed(name, places)?;
        if text.contains('\0') {
            self.problem(format!("`{name}` contains a NUL byte, which PostgreSQL doesn't take"));
            return None;
        }
        Some(text)
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy + PartialEq>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.problem(format!("`{name}` must be one of {}", words.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// Whole seconds in the URL, as libpq has them; as an option, a duration.
    pub(crate) fn duration(&mut self, name: &'static str) -> Option<Duration> {
        let parameter = self.parameter(name, "a whole number of seconds", |text| text.parse().ok().map(Duration::from_secs));
        let option = self.keep(self.bind.duration(name));
        let duration = self.agreed(name, [parameter, option])?;
        if !(1..=MOST_SECONDS).contains(&duration.as_secs()) {
            self.problem(format!("`{name}` must be from 1 to {MOST_SECONDS} seconds"));
        }
        Some(duration)
    }

    /// `1` or `0` in the URL, as libpq has it; as an option, true or false.
    pub(crate) fn switch(&mut self, name: &'static str) -> Option<bool> {
        let parameter = self.parameter(name, "`1` or `0`", |text| match text {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        });
        let option = self.keep(self.bind.bool(name));
        self.agreed(name, [parameter, option])
    }

    /// A whole number from 1 to 127.
    pub(crate) fn count(&mut self, name: &'static str) -> Option<u32> {
        let parameter = self.parameter(name, "a whole number", |text| text.parse().ok());
        let option = self.keep(self.bind.integer(name));
        let count = self.agreed(name, [parameter, option])?;
        let count = u32::try_from(count).ok().filter(|count| (1..=MOST_TIMES).contains(count));
        if count.is_none() {
            self.problem(format!("`{name}` must be from 1 to {MOST_TIMES}"));
        }
        count
    }

    /// Ports, separated by commas: `None` where one is left out. As an option, a number too.
    pub(crate) fn ports(&mut self, name: &'static str) -> Option<Vec<Option<u16>>> {
        let option = match self.bind.option(name) {
            Some(OptionValue::Integer(port)) => Some(port.to_string()),
            _ => self.keep(self.bind.text(name)).map(str::to_owned),
        };
        let text = self.agreed(name, [self.bind.url().parameter(name).map(str::to_owned), option])?;
        let ports: Option<Vec<_>> = text
            .split(',')
            .map(|port| match port.trim() {
                "" => Some(None),
                port => port.parse().ok().filter(|port| *port != 0).map(Some),
            })
            .collect();
        if ports.is_none() {
            self.problem(format!("`{name}` must be numbers from 1 to 65535, separated by commas"));
        }
        ports
    }

    fn parameter<T>(&mut self, name: &'static str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.bind.url().parameter(name)?;
        let value = parse(text);
        if value.is_none() {
            self.problem(format!("the URL's query parameter `{name}` must be {expected}"));
        }
        value
    }

    /// The value of all the places that set it.
    fn agreed<T: PartialEq, const N: usize>(&mut self, name: &str, places: [Option<T>; N]) -> Option<T> {
        let mut set = places.into_iter().flatten();
        let first = set.next()?;
        if set.any(|other| other != first) {
            self.problem(format!("`{name}` is set twice, to different values: keep that of the URL or that of the option"));
        }
        Some(first)
    }

    fn keep<T, E: Display>(&mut self, read: Result<Option<T>, E>) -> Option<T> {
        read.unwrap_or_else(|problem| {
            self.problem(problem.to_string());
            None
        })
    }
}
