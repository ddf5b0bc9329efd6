use std::fmt;
use std::time::Duration;

use super::{Direction, Version};
use crate::{BindKey, Error, ErrorKind, Result};

/// What an upgrade or a downgrade has done, bind by bind.
///
/// `Display` says it in lines for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// each bind that was asked for, in the order of the configuration
    pub binds: Vec<BindReport>,
}

/// What was done on one bind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindReport {
    /// the bind
    pub bind: BindKey,
    /// what was run, in this order
    pub steps: Vec<StepDone>,
    /// what the database is at now; `None` before the first migration
    pub current: Option<Version>,
}

/// One migration that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepDone {
    /// its version
    pub version: Version,
    /// its name
    pub name: String,
    /// which way
    pub direction: Direction,
    /// how long it took
    pub duration: Duration,
}

/// What became of one bind that was asked for.
pub(super) struct BindOutcome {
    pub(super) bind: BindKey,
    pub(super) steps: Vec<StepDone>,
    pub(super) current: Option<Version>,
    pub(super) failure: Option<Error>,
    /// whether more was to be done
    pub(super) stopped: bool,
}

impl BindOutcome {
    pub(super) fn new(bind: BindKey) -> Self {
        BindOutcome { bind, steps: Vec::new(), current: None, failure: None, stopped: false }
    }

    /// For people. Of the failure that is the error's source, that has the causes.
    fn line(&self, is_source: bool) -> String {
        let steps: Vec<_> = self.steps.iter().map(|step| format!("{} `{}_{}`", step.direction, step.version, step.name)).collect();
        let done = if steps.is_empty() { String::new() } else { format!(" (done: {})", steps.join(", ")) };
        let at = self.current.map_or_else(|| "nothing".to_owned(), |version| version.to_string());
        match (&self.failure, self.stopped) {
            (Some(_), _) if is_source => format!("bind `{}` failed, and is at {at}{done}", self.bind),
            (Some(error), _) => format!("bind `{}` failed, and is at {at}{done}: {}", self.bind, chain(error)),
            (None, stopped) => {
                let more = if stopped { ", and was stopped there" } else { "" };
                format!("bind `{}` is at {at}{done}{more}", self.bind)
            }
        }
    }
}

/// An error with its causes, in one line.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// What each bind says of itself; or the error that says it of all of them, also of those that could say it.
pub(super) fn of_each<T: fmt::Display>(results: Vec<Result<T>>) -> Result<Vec<T>> {
    let first = results.iter().position(Result::is_err);
    let (Some(first), true) = (first, results.len() > 1) else { return results.into_iter().collect() };
    let failed = results.iter().filter(|result| result.is_err()).count();
    let summary = format!("{failed} of {} binds can't be looked at", results.len());
    let line = |(at, result): (usize, &Result<T>)| match result {
        Ok(value) => value.to_string(),
        // Its causes are those of the whole.
        Err(error) if at == first => error.to_string(),
        Err(error) => chain(error),
    };
    let problems = results.iter().enumerate().map(line).collect();
    match results.into_iter().collect::<Result<Vec<T>>>() {
        Ok(values) => Ok(values),
        Err(error) => Err(Error::with_problems(error.kind(), summary, problems).with_source(error)),
    }
}

impl Report {
    /// The report, or the error that says what each bind has.
    pub(super) fn of(mut outcomes: Vec<BindOutcome>) -> Result<Self> {
        let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
        let several = outcomes.len() > 1;
        let first = outcomes.iter().position(|outcome| outcome.failure.is_some());
        let problems: Vec<_> = outcomes.iter().enumerate().map(|(at, outcome)| outcome.line(Some(at) == first)).collect();
        match outcomes.iter_mut().find_map(|outcome| outcome.failure.take()) {
            None => {
                let binds = outcomes.into_iter().map(|BindOutcome { bind, steps, current, .. }| BindReport { bind, steps, current });
                Ok(Report { binds: binds.collect() })
            }
            Some(error) if !several && outcomes.iter().all(|outcome| outcome.steps.is_empty()) => Err(error),
            Some(error) => {
                let summary = if several {
                    format!("the migrations of {failed} of {} binds failed", problems.len())
                } else {
                    "the migrations failed on the way".to_owned()
                };
                Err(Error::with_problems(ErrorKind::Migration, summary, problems).with_source(error))
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, bind) in self.binds.iter().enumerate() {
            let line_end = if at == 0 { "" } else { "\n" };
            write!(f, "{line_end}{bind}")?;
        }
        Ok(())
    }
}

impl fmt::Display for BindReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bind `{}` is at {}", self.bind, self.current.map_or_else(|| "nothing".to_owned(), |version| version.to_string()))?;
        match self.steps.as_slice() {
            [] => f.write_str("; there was nothing to do"),
            steps => {
                for StepDone { version, name, direction, duration } in steps {
                    write!(f, "\n  {direction} `{version}_{name}` in {duration:.1?}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_fails_each_says_what_it_has() {
        let refused = || Error::new(ErrorKind::ConnectionLost, "no server").with_source(std::io::Error::other("refused"));
        let error = of_each(vec![Ok("one is at 5"), Err(refused()), Err(refused())]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        assert!(error.to_string().starts_with("2 of 3 binds can't be looked at"), "{error}");
        assert_eq!(error.problems(), ["one is at 5", "no server", "no server: refused"]);
        assert_eq!(chain(&of_each::<&str>(vec![Err(refused())]).unwrap_err()), "no server: refused");
        assert_eq!(of_each(vec![Ok(1), Ok(2)]).unwrap(), [1, 2]);
    }
}
