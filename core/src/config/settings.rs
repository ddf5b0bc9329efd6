use config::{Value, ValueKind};

use super::names::{closest, did_you_mean, quoted};
use super::setting::Setting;
use super::{DatabaseUrl, OptionValue};

/// The sections of a configuration file that are bindery's.
pub(super) const SECTIONS: [&str; 3] = ["databases", "engine_options", "migrations"];

/// What one layer sets, not yet checked against the drivers; problems of its shape are gathered.
///
/// The layers are put together here and not by the `config` crate, in which an option of a bind (`…__AUTH__POOL_SIZE=5`) would
/// replace the URL of `auth = "…"` in the layer below.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    /// in the order in which they are first named
    pub(super) binds: Vec<(String, BindSettings)>,
    pub(super) engine_options: Options,
    pub(super) migrations: Options,
    pub(super) problems: Vec<String>,
}

/// What a layer sets of one bind.
#[derive(Debug, Clone, Default)]
pub(super) struct BindSettings {
    /// the URL, or what is wrong with it
    pub(super) url: Option<Result<DatabaseUrl, String>>,
    pub(super) options: Options,
}

/// Options by name, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Options(Vec<(String, Setting)>);

impl Options {
    pub(super) fn set(&mut self, name: &str, setting: Setting) {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), setting));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.0.iter().map(|(name, setting)| (name.as_str(), setting))
    }
}

impl Settings {
    /// The bind of this name, added where it is new.
    pub(super) fn bind(&mut self, key: &str) -> &mut BindSettings {
        let index = self.binds.iter().position(|(other, _)| other == key).unwrap_or_else(|| {
            self.binds.push((key.to_owned(), BindSettings::default()));
            self.binds.len() - 1
        });
        &mut self.binds[index].1
    }

    /// Puts a layer on top: what it sets wins, what it doesn't stays.
    pub(super) fn merge(&mut self, later: Settings) {
        for (key, later) in later.binds {
            let bind = self.bind(&key);
            bind.url = later.url.or(bind.url.take());
            later.options.0.into_iter().for_each(|(name, setting)| bind.options.set(&name, setting));
        }
        later.engine_options.0.into_iter().for_each(|(name, setting)| self.engine_options.set(&name, setting));
        later.migrations.0.into_iter().for_each(|(name, setting)| self.migrations.set(&name, setting));
        self.problems.extend(later.problems);
    }

    /// What a configuration file sets. Sections that aren't bindery's belong to the application, unless their name is nearly
    /// one of bindery's.
    pub(super) fn from_file(sections: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut settings = Settings::default();
        for (section, value) in sections {
            match (section.as_str(), value.kind) {
                ("databases", ValueKind::String(url)) => settings.bind("default").set_url(&url),
                ("databases", ValueKind::Table(binds)) => binds.into_iter().for_each(|(key, value)| settings.read_bind(&key, value.kind)),
                ("databases", _) => settings.problems.push("`databases` must be a table of binds, or the URL of `default`".to_owned()),
                (section @ ("engine_options" | "migrations"), ValueKind::Table(options)) => {
                    for (name, value) in options {
                        match option_value(value.kind) {
                            Some(value) if section == "migrations" => settings.migrations.set(&name, Setting::new(value)),
                            Some(value) => settings.engine_options.set(&name, Setting::new(value)),
                            None => settings.problems.push(format!("{section}: {}", no_option_value(&name))),
                        }
                    }
                }
                ("engine_options" | "migrations", _) => settings.problems.push(format!("`{section}` must be a table")),
                _ => {
                    if let Some(meant) = closest(&section, SECTIONS) {
                        settings.problems.push(format!("unknown section {}: did you mean `{meant}`?", quoted(&section)));
                    }
                }
            }
        }
        settings
    }

    fn read_bind(&mut self, key: &str, value: ValueKind) {
        match value {
            ValueKind::String(url) => self.bind(key).set_url(&url),
            ValueKind::Table(values) => {
                // Named also when nothing in it can be read.
                self.bind(key);
                for (name, value) in values {
                    match (name.as_str(), option_value(value.kind)) {
                        ("url", Some(OptionValue::Text(url))) => self.bind(key).set_url(&url),
                        ("url", _) => self.bind(key).url = Some(Err("`url` must be text".to_owned())),
                        (name, Some(value)) => self.bind(key).options.set(name, Setting::new(value)),
                        (name, None) => self.problems.push(format!("bind {}: {}", quoted(key), no_option_value(name))),
                    }
                }
            }
            _ => self.bind(key).url = Some(Err("it must be a URL, or a table with `url` and options".to_owned())),
        }
    }

    /// What the environment sets: the parts of each variable's name after the prefix, and its value.
    pub(super) fn from_environment<'a>(variables: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut settings = Settings::default();
        for (name, value) in variables {
            match name.split('.').collect::<Vec<_>>()[..] {
                ["databases"] => settings.bind("default").set_url(&value),
                ["databases", key] | ["databases", key, "url"] => settings.bind(key).set_url(&value),
                ["databases", key, option] => settings.bind(key).options.set(option, Setting::from_environment(value)),
                ["engine_options", option] => settings.engine_options.set(option, Setting::from_environment(value)),
                ["migrations", option] => settings.migrations.set(option, Setting::from_environment(value)),
                [section, ..] => {
                    let variable = format!("BINDERY__{}", name.replace('.', "__").to_uppercase());
                    let hint = if SECTIONS.contains(&section) { String::new() } else { did_you_mean(section, SECTIONS) };
                    settings.problems.push(format!("environment variable {} sets nothing of bindery's{hint}", quoted(&variable)));
                }
                [] => {}
            }
        }
        settings
    }
}

impl BindSettings {
    pub(super) fn set_url<U>(&mut self, url: U)
    where
        U: TryInto<DatabaseUrl>,
        U::Error: std::fmt::Display,
    {
        self.url = Some(url.try_into().map_err(|error| error.to_string()));
    }
}

fn option_value(value: ValueKind) -> Option<OptionValue> {
    match value {
        ValueKind::Boolean(value) => Some(OptionValue::Bool(value)),
        ValueKind::I64(value) => Some(OptionValue::Integer(value)),
        ValueKind::U64(value) => i64::try_from(value).ok().map(OptionValue::Integer),
        ValueKind::Float(value) => Some(OptionValue::Float(value)),
        ValueKind::String(value) => Some(OptionValue::Text(value)),
        _ => None,
    }
}

fn no_option_value(name: &str) -> String {
    format!("option {} must be a boolean, a number within 64 bits, or text", quoted(name))
}
