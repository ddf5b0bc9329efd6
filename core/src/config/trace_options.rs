use std::time::Duration;

use super::setting::{Expected, Setting};

/// What is told of a bind's statements to who listens by `tracing`: options that every bind has, whatever its backend.
///
/// The spans themselves need no option: they are there for whoever listens to the target `bindery::statement` at the level DEBUG.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TraceOptions {
    /// `log_parameters`: the values of parameters stand in spans and in the event of a slow statement; off unless told, as a value may be a secret
    pub log_parameters: bool,
    /// `slow_statement_threshold`: what takes longer is told by an event at the level WARN; never unless told
    pub slow_statement_threshold: Option<Duration>,
}

impl TraceOptions {
    /// The names of the options, as a configuration spells them.
    pub const NAMES: &'static [&'static str] = &["log_parameters", "slow_statement_threshold"];

    /// Sets one option by its name; `None` where it is none of these, else what the option takes where the value isn't that.
    pub(super) fn set(&mut self, name: &str, setting: &Setting) -> Option<Result<(), Expected>> {
        Some(match name {
            "log_parameters" => setting.bool().map(|log| self.log_parameters = log),
            "slow_statement_threshold" => setting.duration_or_never().map(|threshold| self.slow_statement_threshold = threshold),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: impl Into<super::super::OptionValue>) -> Option<TraceOptions> {
        let mut options = TraceOptions::default();
        options.set(name, &Setting::new(value.into())).unwrap().ok().map(|()| options)
    }

    #[test]
    fn every_name_is_known() {
        for name in TraceOptions::NAMES {
            assert!(TraceOptions::default().set(name, &Setting::new(1.into())).is_some(), "{name}");
        }
        assert!(TraceOptions::default().set("echo", &Setting::new(1.into())).is_none());
    }

    #[test]
    fn values_are_set() {
        assert!(set("log_parameters", true).unwrap().log_parameters);
        assert_eq!(set("slow_statement_threshold", "200ms").unwrap().slow_statement_threshold, Some(Duration::from_millis(200)));
        assert_eq!(set("slow_statement_threshold", "never").unwrap().slow_statement_threshold, None);
    }

    #[test]
    fn other_values_are_refused() {
        for (name, value) in [("log_parameters", 1), ("slow_statement_threshold", 0), ("slow_statement_threshold", -1)] {
            assert_eq!(set(name, value), None, "{name} = {value}");
        }
    }
}
