use std::fmt;

/// The value of an option.
///
/// `Debug` does not show text: an option of a driver's own may be a secret.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum OptionValue {
    /// true or false
    Bool(bool),
    /// a whole number
    Integer(i64),
    /// a number
    Float(f64),
    /// text
    Text(String),
}

impl fmt::Debug for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionValue::Bool(value) => write!(f, "Bool({value})"),
            OptionValue::Integer(value) => write!(f, "Integer({value})"),
            OptionValue::Float(value) => write!(f, "Float({value})"),
            OptionValue::Text(_) => f.write_str("Text(***)"),
        }
    }
}

impl From<bool> for OptionValue {
    fn from(value: bool) -> Self {
        OptionValue::Bool(value)
    }
}

impl From<i32> for OptionValue {
    fn from(value: i32) -> Self {
        OptionValue::Integer(value.into())
    }
}

impl From<u32> for OptionValue {
    fn from(value: u32) -> Self {
        OptionValue::Integer(value.into())
    }
}

impl From<i64> for OptionValue {
    fn from(value: i64) -> Self {
        OptionValue::Integer(value)
    }
}

impl From<f64> for OptionValue {
    fn from(value: f64) -> Self {
        OptionValue::Float(value)
    }
}

/// In seconds.
impl From<std::time::Duration> for OptionValue {
    fn from(value: std::time::Duration) -> Self {
        OptionValue::Float(value.as_secs_f64())
    }
}

impl From<&str> for OptionValue {
    fn from(value: &str) -> Self {
        OptionValue::Text(value.to_owned())
    }
}

impl From<String> for OptionValue {
    fn from(value: String) -> Self {
        OptionValue::Text(value)
    }
}
