//! What is known of types by their names, on any of the backends.

/// Whether every value of one type is known to be one of the other.
pub(super) fn is_widening(from: &str, to: &str) -> bool {
    let (from, to) = (TypeWords::of(from), TypeWords::of(to));
    if from == to {
        return true;
    }
    match (from.kind(), to.kind()) {
        (Kind::Integer(from), Kind::Integer(to)) => from.fits_into(to),
        (Kind::Integer(from), Kind::Decimal(to)) => to.is_none_or(|(precision, scale)| precision.saturating_sub(scale) >= from.digits()),
        (Kind::Decimal(Some(_)), Kind::Decimal(None)) => true,
        (Kind::Decimal(Some((precision, scale))), Kind::Decimal(Some((to_precision, to_scale)))) => {
            to_scale >= scale && to_precision.saturating_sub(to_scale) >= precision.saturating_sub(scale)
        }
        (Kind::Float(from), Kind::Float(to)) | (Kind::Text(from), Kind::Text(to)) | (Kind::Bytes(from), Kind::Bytes(to)) => from <= to,
        // Every value has a text, and most no longer one than this; of a float's no digit may be missing.
        (Kind::Text(_) | Kind::Bytes(_) | Kind::Float(_), _) => false,
        (_, Kind::Text(length)) => length >= TEXT,
        (Kind::Date, Kind::Time) => to.base != "time",
        (Kind::Time, Kind::Time) => (&from.base, &from.behind) == (&to.base, &to.behind) && from.places() <= to.places(),
        (Kind::List(from), Kind::List(to)) => from.iter().all(|label| to.contains(label)),
        _ => false,
    }
}

/// Whether a value of one type becomes one of the other without being told to, so that one which doesn't fit is an error; told to,
/// PostgreSQL would cut it.
pub(super) fn is_assigned(from: &str, to: &str) -> bool {
    // Arrays are assigned as their elements are.
    let (from, to) = from.strip_suffix("[]").zip(to.strip_suffix("[]")).unwrap_or((from, to));
    let (from, to) = (TypeWords::of(from), TypeWords::of(to));
    let is_number = |kind: &Kind<'_>| matches!(kind, Kind::Integer(_) | Kind::Decimal(_) | Kind::Float(_));
    match (from.kind(), to.kind()) {
        (_, Kind::Text(_)) => true,
        (Kind::Date | Kind::Time, Kind::Date | Kind::Time) => (from.base == "time") == (to.base == "time"),
        (from_kind, to_kind) => from.base == to.base || (is_number(&from_kind) && is_number(&to_kind)),
    }
}

/// The type that leads from one to the other on PostgreSQL, which knows a cast between some types only: every value has a text. `None`
/// where there is a cast.
pub(super) fn cast_through(from: &str, to: &str) -> Option<&'static str> {
    let is_array = from.ends_with("[]");
    let (from, to) = (TypeWords::of(from), TypeWords::of(to));
    let (from_is_truth, to_is_truth) = (from.base == "boolean", to.base == "boolean");
    match (from.kind(), to.kind()) {
        (Kind::Text(_), _) | (Kind::Date | Kind::Time, Kind::Date | Kind::Time) => None,
        // The text of a truth value is no number.
        (_, Kind::Integer(_) | Kind::Decimal(_) | Kind::Float(_)) if from_is_truth => Some("integer"),
        (Kind::Integer(_) | Kind::Decimal(_) | Kind::Float(_), _) if to_is_truth => Some("integer"),
        _ if is_array => Some("text[]"),
        _ => Some("text"),
    }
}

/// Whether MySQL keeps characters in it, whose set and collation are its table's where it has none of its own.
pub(super) fn has_characters(type_name: &str) -> bool {
    let base = TypeWords::of(type_name).base;
    ["char", "text", "enum", "set"].iter().any(|word| base.contains(word))
}

/// Whether a type is the enumeration or domain of this name, or an array of it.
pub(super) fn is_named(type_name: &str, name: &str) -> bool {
    let element = type_name.trim_end_matches("[]");
    let quoted = element.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    element == name || quoted.is_some_and(|inner| inner.replace("\"\"", "\"") == name)
}

/// The name of a type, its arguments, and what stands behind them.
#[derive(PartialEq)]
struct TypeWords {
    base: String,
    arguments: String,
    behind: String,
}

enum Kind<'a> {
    Integer(Integer),
    /// precision and scale; `None` for one without
    Decimal(Option<(u32, u32)>),
    /// its bytes
    Float(u64),
    /// the most bytes or characters
    Text(u64),
    Bytes(u64),
    Date,
    /// a time, or a date with one
    Time,
    /// MySQL's enumerations and sets
    List(Vec<&'a str>),
    Other,
}

#[derive(Clone, Copy, PartialEq)]
struct Integer {
    bytes: u32,
    unsigned: bool,
}

impl Integer {
    fn fits_into(self, to: Integer) -> bool {
        if self.unsigned == to.unsigned { self.bytes <= to.bytes } else { self.unsigned && self.bytes < to.bytes }
    }

    /// The digits of its largest value.
    fn digits(self) -> u32 {
        match self.bytes {
            1 => 3,
            2 => 5,
            3 => 8,
            4 => 10,
            _ => 20,
        }
    }
}

/// From here on a text has as good as no limit.
const TEXT: u64 = 65_535;

const UNSIGNED: &str = " unsigned";
const WITH_ZONE: &str = " with time zone";
const WITHOUT_ZONE: &str = " without time zone";

impl TypeWords {
    fn of(type_name: &str) -> Self {
        let (base, rest) = type_name.split_at(type_name.find('(').unwrap_or(type_name.len()));
        let (arguments, behind) = match rest.rfind(')') {
            Some(end) => (&rest[1..end], &rest[end + 1..]),
            None => ("", ""),
        };
        let (mut base, mut behind) = (base.trim().to_ascii_lowercase(), behind.to_ascii_lowercase().replace(WITHOUT_ZONE, ""));
        // What stands behind arguments stands behind the name where there are none.
        for suffix in [WITHOUT_ZONE, WITH_ZONE, UNSIGNED] {
            if base.ends_with(suffix) {
                base.truncate(base.len() - suffix.len());
                behind.insert_str(0, if suffix == WITHOUT_ZONE { "" } else { suffix });
            }
        }
        TypeWords { base, arguments: arguments.to_owned(), behind }
    }

    fn kind(&self) -> Kind<'_> {
        if self.behind.contains('[') || self.base.contains('[') {
            return Kind::Other;
        }
        let unsigned = self.behind.contains(UNSIGNED);
        let integer = |bytes| Kind::Integer(Integer { bytes, unsigned });
        match self.base.as_str() {
            "tinyint" => integer(1),
            "smallint" | "int2" => integer(2),
            "mediumint" => integer(3),
            "int" | "integer" | "int4" => integer(4),
            "bigint" | "int8" => integer(8),
            "numeric" | "decimal" => Kind::Decimal(self.numbers().map(|(precision, scale)| (precision, scale.unwrap_or(0)))),
            "float" | "real" | "float4" => Kind::Float(4),
            "double" | "double precision" | "float8" => Kind::Float(8),
            "char" | "varchar" | "character" | "character varying" | "bpchar" => {
                let unlimited = if self.base.contains("var") { TEXT } else { 1 };
                Kind::Text(self.numbers().map_or(unlimited, |(length, _)| u64::from(length)))
            }
            "tinytext" => Kind::Text(255 / 4),
            "mediumtext" => Kind::Text((1 << 24) - 1),
            "longtext" => Kind::Text((1 << 32) - 1),
            "text" => Kind::Text(TEXT),
            "varbinary" => Kind::Bytes(self.numbers().map_or(0, |(length, _)| u64::from(length))),
            "tinyblob" => Kind::Bytes(255),
            "blob" => Kind::Bytes(TEXT),
            "mediumblob" => Kind::Bytes((1 << 24) - 1),
            "longblob" => Kind::Bytes((1 << 32) - 1),
            "date" => Kind::Date,
            "time" | "datetime" | "timestamp" => Kind::Time,
            "enum" | "set" => Kind::List(self.arguments.split(',').collect()),
            _ => Kind::Other,
        }
    }

    fn numbers(&self) -> Option<(u32, Option<u32>)> {
        let mut numbers = self.arguments.split(',').map(|number| number.trim().parse().ok());
        Some((numbers.next()??, numbers.next().flatten()))
    }

    /// The digits of a second's fraction, which PostgreSQL has where it says nothing, and MySQL hasn't.
    fn places(&self) -> u32 {
        self.numbers().map_or(0, |(places, _)| places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wider_is_known() {
        for (from, to) in [
            ("varchar(10)", "varchar(20)"),
            ("character varying(10)", "text"),
            ("VARCHAR(10)", "TEXT"),
            ("text", "character varying"),
            ("integer", "bigint"),
            ("int(11)", "bigint(20)"),
            ("int unsigned", "bigint"),
            ("int(10) unsigned", "bigint(20) unsigned"),
            ("numeric(5,2)", "numeric(8,4)"),
            ("numeric(5,2)", "numeric"),
            ("bigint", "numeric(20,0)"),
            ("real", "double precision"),
            ("date", "timestamp without time zone"),
            ("datetime", "datetime(6)"),
            ("enum('a','b')", "enum('a','x','b')"),
            ("tinytext", "text"),
            ("blob", "longblob"),
            ("uuid", "text"),
            ("mood", "text"),
            ("integer[]", "text"),
            ("integer[]", "integer[]"),
        ] {
            assert!(is_widening(from, to), "{from} becomes {to}");
        }
        for (from, to) in [
            ("varchar(20)", "varchar(10)"),
            ("text", "varchar(20)"),
            ("longtext", "text"),
            ("bigint", "integer"),
            ("int", "int unsigned"),
            ("bigint unsigned", "bigint"),
            ("numeric(5,2)", "numeric(5,3)"),
            ("double precision", "real"),
            ("timestamp without time zone", "date"),
            ("timestamp without time zone", "timestamp with time zone"),
            ("datetime(6)", "datetime"),
            ("time", "timestamp without time zone"),
            ("enum('a','b')", "enum('a')"),
            ("text", "integer"),
            ("blob", "text"),
            ("double", "longtext"),
            ("integer[]", "bigint[]"),
            ("TEXT", "INTEGER"),
        ] {
            assert!(!is_widening(from, to), "{from} becomes {to}");
        }
    }

    #[test]
    fn what_is_assigned_needs_no_cast() {
        assert!(is_assigned("text", "character varying(3)") && is_assigned("bigint", "smallint") && is_assigned("uuid", "text"));
        assert!(is_assigned("text[]", "character varying(3)[]") && !is_assigned("text", "text[]") && !is_assigned("text[]", "integer[]"));
        assert!(is_assigned("date", "timestamp with time zone") && is_assigned("numeric(5,2)", "numeric(3,1)"));
        assert!(!is_assigned("text", "integer") && !is_assigned("integer", "boolean") && !is_assigned("time without time zone", "date"));
    }
}
