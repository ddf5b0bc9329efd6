use std::time::Duration;

use super::setting::{Expected, Setting};

/// The options of a bind's pool, which every bind has, whatever its backend.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolOptions {
    /// `pool_size`: the most connections; 10 unless told, never 0
    pub size: u32,
    /// `pool_timeout`: how long a statement waits for a connection; 30 seconds unless told
    pub timeout: Duration,
    /// `pool_recycle`: a connection older than this is replaced before its next use; never unless told
    pub recycle: Option<Duration>,
    /// `pool_pre_ping`: a connection is tried before each use; off unless told
    pub pre_ping: bool,
    /// `idle_timeout`: a connection that was free for longer is closed; 10 minutes unless told
    pub idle_timeout: Option<Duration>,
    /// `connect_timeout`: how long making a connection may take; 10 seconds unless told
    pub connect_timeout: Duration,
    /// `statement_cache_size`: prepared statements kept per connection; 128 unless told, 0 keeps none
    pub statement_cache_size: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        PoolOptions {
            size: 10,
            timeout: Duration::from_secs(30),
            recycle: None,
            pre_ping: false,
            idle_timeout: Some(Duration::from_secs(600)),
            connect_timeout: Duration::from_secs(10),
            statement_cache_size: 128,
        }
    }
}

impl PoolOptions {
    /// The names of the options, as a configuration spells them.
    pub const NAMES: &'static [&'static str] =
        &["pool_size", "pool_timeout", "pool_recycle", "pool_pre_ping", "idle_timeout", "connect_timeout", "statement_cache_size"];

    /// Sets one option by its name; `None` where it is none of these, else what the option takes where the value isn't that.
    pub(super) fn set(&mut self, name: &str, setting: &Setting) -> Option<Result<(), Expected>> {
        Some(match name {
            "pool_size" => count(setting, 1, "a whole number from 1 to 4294967295").map(|size| self.size = size),
            "pool_timeout" => setting.duration().map(|timeout| self.timeout = timeout),
            "pool_recycle" => setting.duration_or_never().map(|recycle| self.recycle = recycle),
            "pool_pre_ping" => setting.bool().map(|pre_ping| self.pre_ping = pre_ping),
            "idle_timeout" => setting.duration_or_never().map(|timeout| self.idle_timeout = timeout),
            "connect_timeout" => match setting.duration() {
                Ok(Duration::ZERO) => Err("a duration longer than 0"),
                other => other.map(|timeout| self.connect_timeout = timeout),
            },
            "statement_cache_size" => {
                count(setting, 0, "a whole number from 0 to 4294967295").map(|size| self.statement_cache_size = size as usize)
            }
            _ => return None,
        })
    }
}

fn count(setting: &Setting, least: u32, expected: Expected) -> Result<u32, Expected> {
    let number = setting.integer().map_err(|_| expected)?;
    u32::try_from(number).ok().filter(|number| *number >= least).ok_or(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: impl Into<super::super::OptionValue>) -> Option<PoolOptions> {
        let mut options = PoolOptions::default();
        options.set(name, &Setting::new(value.into())).unwrap().ok().map(|()| options)
    }

    #[test]
    fn every_name_is_known() {
        for name in PoolOptions::NAMES {
            assert!(PoolOptions::default().set(name, &Setting::new(1.into())).is_some(), "{name}");
        }
        assert!(PoolOptions::default().set("echo", &Setting::new(1.into())).is_none());
    }

    #[test]
    fn values_are_set() {
        assert_eq!(set("pool_size", 5).unwrap().size, 5);
        assert_eq!(set("pool_timeout", 0).unwrap().timeout, Duration::ZERO);
        assert_eq!(set("pool_recycle", 3600).unwrap().recycle, Some(Duration::from_secs(3600)));
        assert_eq!(set("pool_recycle", "never").unwrap().recycle, None);
        assert!(set("pool_pre_ping", true).unwrap().pre_ping);
        assert_eq!(set("idle_timeout", "never").unwrap().idle_timeout, None);
        assert_eq!(set("connect_timeout", "500ms").unwrap().connect_timeout, Duration::from_millis(500));
        assert_eq!(set("statement_cache_size", 0).unwrap().statement_cache_size, 0);
    }

    #[test]
    fn other_values_are_refused() {
        for (name, value) in [("pool_size", 0), ("pool_size", -1), ("pool_pre_ping", 1), ("pool_recycle", -1), ("pool_recycle", 0)] {
            assert_eq!(set(name, value), None, "{name} = {value}");
        }
        for (name, value) in [("idle_timeout", 0), ("connect_timeout", 0), ("statement_cache_size", -1)] {
            assert_eq!(set(name, value), None, "{name} = {value}");
        }
        assert_eq!(set("pool_size", i64::MAX), None);
        assert_eq!(set("pool_timeout", "never"), None);
        assert_eq!(set("pool_size", 2.5), None);
    }
}
