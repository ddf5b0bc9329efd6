use std::time::Duration;

use super::OptionValue;

/// A duration beyond this is a mistake, and adding it to the clock could overflow.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The value of an option and where it was set: in the environment everything is text, so there a number is read out of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    pub(super) value: OptionValue,
    pub(super) from_environment: bool,
}

/// What an option takes, for the message about a value that it doesn't take; never the value itself.
pub(super) type Expected = &'static str;

impl Setting {
    pub(super) fn new(value: OptionValue) -> Self {
        Setting { value, from_environment: false }
    }

    pub(super) fn from_environment(text: String) -> Self {
        Setting { value: OptionValue::Text(text), from_environment: true }
    }

    /// The problem of an option that takes something else.
    pub(super) fn must_be(&self, name: &str, expected: Expected) -> String {
        let place = if self.from_environment { " (set in the environment)" } else { "" };
        let hint = if self.is_quoted() { ", and is text: write it without quotes" } else { "" };
        format!("option `{name}`{place} must be {expected}{hint}")
    }

    /// Whether it is a number, or true or false, as text: in a file it was written in quotes.
    fn is_quoted(&self) -> bool {
        match &self.value {
            OptionValue::Text(text) if !self.from_environment => {
                let text = text.trim();
                text.parse::<f64>().is_ok_and(f64::is_finite) || matches!(text, "true" | "false")
            }
            _ => false,
        }
    }

    pub(super) fn bool(&self) -> Result<bool, Expected> {
        match &self.value {
            OptionValue::Bool(value) => Ok(*value),
            OptionValue::Text(text) if self.from_environment && text.eq_ignore_ascii_case("true") => Ok(true),
            OptionValue::Text(text) if self.from_environment && text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err("true or false"),
        }
    }

    pub(super) fn integer(&self) -> Result<i64, Expected> {
        match &self.value {
            OptionValue::Integer(value) => Some(*value),
            OptionValue::Text(text) if self.from_environment => text.trim().parse().ok(),
            _ => None,
        }
        .ok_or("a whole number")
    }

    pub(super) fn text(&self) -> Result<&str, Expected> {
        match &self.value {
            OptionValue::Text(text) => Ok(text),
            _ => Err("text"),
        }
    }

    pub(super) fn duration(&self) -> Result<Duration, Expected> {
        let seconds = match &self.value {
            // A duration that is too long for `f64` to be exact is too long anyway.
            OptionValue::Integer(value) => Some(*value as f64),
            OptionValue::Float(value) => Some(*value),
            OptionValue::Text(text) => seconds(text.trim()).or_else(|| text.trim().parse().ok().filter(|_: &f64| self.from_environment)),
            OptionValue::Bool(_) => None,
        };
        seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|duration| *duration <= LONGEST).ok_or(
            "a duration of at most 100 years: seconds as a number, or text with a unit (\"500ms\", \"30s\", \"10m\", \"1h\", \"1d\")",
        )
    }

    /// `None` for `"never"`.
    pub(super) fn duration_or_never(&self) -> Result<Option<Duration>, Expected> {
        if matches!(&self.value, OptionValue::Text(text) if text == "never") {
            return Ok(None);
        }
        match self.duration() {
            // Some pools read 0 as 'at once', others as 'never'.
            Ok(Duration::ZERO) | Err(_) => Err(
                "\"never\", or a duration longer than 0: seconds as a number, or text with a unit (\"500ms\", \"30s\", \"10m\", \"1h\", \"1d\")",
            ),
            Ok(duration) => Ok(Some(duration)),
        }
    }
}

/// The seconds of `"500ms"`, `"30s"`, `"10m"`, `"1.5h"`, `"1d"`.
fn seconds(text: &str) -> Option<f64> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.parse().ok()?;
    match unit.trim_start() {
        // Divided, not multiplied by 0.001, which is no float.
        "ms" => Some(number / 1_000.0),
        "s" => Some(number),
        "m" => Some(number * 60.0),
        "h" => Some(number * 3_600.0),
        "d" => Some(number * 86_400.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Setting {
        Setting::new(text.into())
    }

    #[test]
    fn durations_have_units() {
        for (setting, expected) in [
            (text("500ms"), Duration::from_millis(500)),
            (text("30s"), Duration::from_secs(30)),
            (text("10m"), Duration::from_secs(600)),
            (text("1.5 h"), Duration::from_secs(5400)),
            (text("1d"), Duration::from_secs(86400)),
            (text("0s"), Duration::ZERO),
            (Setting::new(5.into()), Duration::from_secs(5)),
            (Setting::new(0.25.into()), Duration::from_millis(250)),
            (Setting::from_environment("5".into()), Duration::from_secs(5)),
            (Setting::from_environment("2.5".into()), Duration::from_millis(2500)),
            (Setting::from_environment("3m".into()), Duration::from_secs(180)),
        ] {
            assert_eq!(setting.duration(), Ok(expected), "{setting:?}");
        }
    }

    #[test]
    fn other_values_are_no_durations() {
        for wrong in ["", "5", "s", "5x", "-5s", "5 minutes", "1h30m", "1..5s", "9999999999h", "never", "5é"] {
            assert!(text(wrong).duration().is_err(), "{wrong}");
        }
        for wrong in [Setting::new(true.into()), Setting::new((-1).into()), Setting::new(i64::MAX.into())] {
            assert!(wrong.duration().is_err(), "{wrong:?}");
        }
        for wrong in [f64::NAN, f64::INFINITY, -0.5] {
            assert!(Setting::new(wrong.into()).duration().is_err(), "{wrong}");
        }
        assert!(Setting::from_environment("inf".into()).duration().is_err());
    }

    #[test]
    fn only_the_environment_has_numbers_in_text() {
        assert!(text("5").integer().is_err() && text("true").bool().is_err());
        assert_eq!(Setting::from_environment("5".into()).integer(), Ok(5));
        assert_eq!(Setting::from_environment("True".into()).bool(), Ok(true));
        assert_eq!(Setting::from_environment("false".into()).bool(), Ok(false));
        assert!(Setting::from_environment("yes".into()).bool().is_err());
        assert_eq!(Setting::from_environment("007".into()).text(), Ok("007"));
        assert!(Setting::new(5.into()).text().is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(value in any::<String>(), from_environment in any::<bool>()) {
            let setting = Setting { value: value.into(), from_environment };
            let _ = (setting.duration(), setting.integer(), setting.bool());
        }

        #[test]
        fn no_number_panics(value in any::<f64>()) {
            let _ = Setting::new(value.into()).duration();
        }
    }
}
