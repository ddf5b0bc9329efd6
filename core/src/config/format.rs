use std::path::Path;

use config::{ConfigError, File, FileFormat, Source};

use super::settings::Settings;
use crate::{Error, ErrorKind, Result};

/// How a configuration file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// TOML: `.toml`
    Toml,
    /// YAML: `.yaml` and `.yml`
    Yaml,
    /// JSON: `.json`
    Json,
}

impl Format {
    /// Reads a file; its name's ending says how it is written.
    pub(super) fn read_file(path: &Path) -> Result<Settings> {
        let shown = format!("the configuration file `{}`", path.display());
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let format = match extension.as_str() {
            "toml" => Format::Toml,
            "yaml" | "yml" => Format::Yaml,
            "json" => Format::Json,
            _ => return Err(configuration(format!("{shown} must end in `.toml`, `.yaml`, `.yml` or `.json`"))),
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            let what = match error.kind() {
                // Under a service manager, the current folder is seldom the one that was thought of.
                std::io::ErrorKind::NotFound => match std::env::current_dir() {
                    Ok(folder) if path.is_relative() => format!("does not exist, seen from the current folder `{}`", folder.display()),
                    _ => "does not exist".to_owned(),
                },
                std::io::ErrorKind::InvalidData => "is not UTF-8".to_owned(),
                _ => "can't be read".to_owned(),
            };
            configuration(format!("{shown} {what}")).with_source(error)
        })?;
        format.read(&text, &shown)
    }

    /// Reads a text; `shown` names it in errors.
    pub(super) fn read(self, text: &str, shown: &str) -> Result<Settings> {
        let (format, name) = match self {
            Format::Toml => (FileFormat::Toml, "TOML"),
            Format::Yaml => (FileFormat::Yaml, "YAML"),
            Format::Json => (FileFormat::Json, "JSON"),
        };
        // Editors on Windows begin a file with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let sections = File::from_str(text, format).collect().map_err(|error| {
            // The parser's own words quote the line, and a password with it: only the position is taken from them, and TOML's reason.
            configuration(match position(&error) {
                Some((line, column)) => {
                    let reason = toml_reason(&error).map(|reason| format!(" ({reason})")).unwrap_or_default();
                    format!("{shown} has a syntax error at line {line}, column {column}: it is not valid {name}{reason}")
                }
                None => format!("{shown} can't be read as {name}: it must be one document, a table of sections"),
            })
        })?;
        Ok(Settings::from_file(sections))
    }
}

fn configuration(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// The line and column of `… at line 3, column 5` (TOML), `… at line 3 column 5` (JSON, YAML), both from 1.
fn position(error: &ConfigError) -> Option<(usize, usize)> {
    let ConfigError::FileParse { cause, .. } = error else { return None };
    let message = cause.to_string();
    let (_, after) = message.lines().next()?.rsplit_once("line ")?;
    let (line, after) = after.split_once(|c: char| !c.is_ascii_digit())?;
    let (_, column) = after.split_once("column ")?;
    let column = column.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// What TOML's parser says beside the line that it quotes. Its words are fixed ones; the line stands between two of its own that begin
/// with a bar, so that no text of the file can be taken for the reason.
fn toml_reason(error: &ConfigError) -> Option<String> {
    let ConfigError::FileParse { cause, .. } = error else { return None };
    let message = cause.to_string();
    let lines: Vec<&str> = message.lines().collect();
    let [header, bar, _quoted, mark, reason] = lines[..] else { return None };
    let is_bar = |line: &str| line.trim_start().starts_with('|');
    (header.starts_with("TOML parse error at line ") && is_bar(bar) && is_bar(mark)).then(|| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syntax_error_has_its_position_and_no_text() {
        for (format, text, place) in [
            (Format::Toml, "[databases]\ndefault = \"postgres://u:hunter2@h/db\n", "line 2, column "),
            (Format::Toml, "[databases]\na = 1\na = \"hunter2\"\n", "line 3, column 1"),
            (Format::Json, "{\"databases\":\n {\"default\": \"hunter2\",}}", "line 2, column "),
            (Format::Yaml, "databases:\n  default: \"hunter2\n", "line "),
            (Format::Yaml, "databases: {a: hunter2\nb: ]", "line "),
        ] {
            let error = format.read(text, "the text").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            let shown = format!("{error:?}");
            assert!(shown.contains(&format!("the text has a syntax error at {place}")), "{shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_syntax_error_in_toml_has_its_reason() {
        for (text, reason) in [
            ("[databases]\na = 1\na = \"hunter2\"\n", "duplicate key"),
            ("a = hunter2", "string values must be quoted, expected literal string"),
            ("a = \"hunter2", "invalid basic string, expected `\"`"),
            ("a = 'x' hunter2 | ^ | hunter2", "unexpected key or value, expected newline, `#`"),
            ("hunter2", "key with no value, expected `=`"),
        ] {
            let shown = format!("{:?}", Format::Toml.read(text, "the text").unwrap_err());
            assert!(shown.ends_with(&format!("it is not valid TOML ({reason})")), "{shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_text_that_is_no_table_is_refused() {
        for (format, text) in
            [(Format::Json, "\"hunter2\""), (Format::Json, "[]"), (Format::Yaml, "hunter2"), (Format::Yaml, "a: hunter2\n---\nb: 2")]
        {
            let shown = format!("{:?}", format.read(text, "the text").unwrap_err());
            assert!(shown.contains("can't be read as"), "{shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn every_format_keeps_the_order_of_the_file() {
        let keys = ["zeta", "default", "alpha", "mid", "beta", "omega", "a1", "z0", "m", "k"];
        let toml = format!("[databases]\n{}", keys.map(|key| format!("{key} = \"sqlite://\"\n")).concat());
        let yaml = format!("databases:\n{}", keys.map(|key| format!("  {key}: sqlite://\n")).concat());
        let json = format!("{{\"databases\": {{{}}}}}", keys.map(|key| format!("\"{key}\": \"sqlite://\"")).join(","));
        let tables = keys.map(|key| format!("[databases.{key}]\nurl = \"sqlite://\"\n")).concat();
        for (format, text) in [(Format::Toml, toml), (Format::Yaml, yaml), (Format::Json, json), (Format::Toml, tables)] {
            let settings = format.read(&text, "the text").unwrap();
            assert_eq!(settings.binds.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), keys, "{format:?}");
        }
    }

    #[test]
    fn an_empty_file_sets_nothing() {
        for (format, text) in [(Format::Toml, ""), (Format::Yaml, ""), (Format::Json, "{}"), (Format::Toml, "\u{feff}[app]\nx = 1")] {
            let settings = format.read(text, "the text").unwrap();
            assert!(settings.binds.is_empty() && settings.problems.is_empty());
        }
    }
}
