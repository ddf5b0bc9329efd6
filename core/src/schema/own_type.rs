use crate::definition::ColumnDefinition;
use crate::engine::{Dialect, Family};
use crate::value::SqlType;

/// The type of a column that is just what bindery makes of a type of its own, with what that is given beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct OwnType {
    pub(crate) max_length: Option<u32>,
    pub(crate) decimal: Option<(u8, u8)>,
}

impl OwnType {
    /// What a column that its server describes so was declared as, had bindery made it of this type; `None` where it would have made another. `collation` is the column's own
    /// or its table's.
    pub(crate) fn of(column: &ColumnDefinition, sql_type: SqlType, collation: Option<&str>, dialect: &Dialect) -> Option<Self> {
        let sizes = sizes(&column.type_name);
        let own = match (sql_type, sizes.as_slice()) {
            (SqlType::Text, [length]) => OwnType { max_length: Some(*length), ..OwnType::default() },
            // The most digits, which is what one without digits of its own has.
            (SqlType::Decimal, [65, 30]) if dialect.family() == Family::MySql => OwnType::default(),
            (SqlType::Decimal, [precision, scale]) => {
                OwnType { decimal: Some((u8::try_from(*precision).ok()?, u8::try_from(*scale).ok()?)), ..OwnType::default() }
            }
            _ => OwnType::default(),
        };
        let declared = dialect.type_name(sql_type, own.max_length, own.decimal);
        let (name, own_collation) = declared.split_once(" COLLATE ").map_or((declared.as_str(), None), |(name, own)| (name, Some(own)));
        let is_alike = own_collation.is_none() && column.collation.is_none() || own_collation == collation;
        (is_alike && shown(name, dialect.family()) == without_width(&column.type_name, dialect.family())).then_some(own)
    }
}

/// The numbers in the brackets of a type.
fn sizes(type_name: &str) -> Vec<u32> {
    let inside = type_name.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    inside.and_then(|(inside, _)| inside.split(',').map(|size| size.trim().parse().ok()).collect()).unwrap_or_default()
}

/// A type that bindery declares, as a server shows it.
fn shown(name: &str, family: Family) -> String {
    match family {
        Family::Sqlite => name.to_owned(),
        Family::MySql => name.split(" CHARACTER SET ").next().unwrap_or_default().replace(", ", ","),
        Family::Postgres => {
            let (element, array) = name.strip_suffix("[]").map_or((name, ""), |element| (element, "[]"));
            let shown = match element {
                "time" => "time without time zone".to_owned(),
                "timestamp" => "timestamp without time zone".to_owned(),
                "timestamptz" => "timestamp with time zone".to_owned(),
                "numeric(20)" => "numeric(20,0)".to_owned(),
                element => element.replace("varchar(", "character varying(").replace(", ", ","),
            };
            shown + array
        }
    }
}

/// MySQL 5.7 and MariaDB show how wide an integer is printed.
fn without_width(type_name: &str, family: Family) -> String {
    const USUAL: [&str; 8] = [
        "tinyint(4)",
        "tinyint(3) unsigned",
        "smallint(6)",
        "smallint(5) unsigned",
        "int(11)",
        "int(10) unsigned",
        "bigint(20)",
        "bigint(20) unsigned",
    ];
    match type_name.split_once('(').zip(type_name.split_once(')')) {
        Some(((name, _), (_, behind))) if family == Family::MySql && USUAL.contains(&type_name) => format!("{name}{behind}"),
        _ => type_name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dialect: &Dialect, sql_type: SqlType, type_name: &str, collation: Option<&str>) -> Option<OwnType> {
        let mut column = ColumnDefinition::new("a", type_name);
        column.collation = collation.map(str::to_owned);
        OwnType::of(&column, sql_type, collation, dialect)
    }

    #[test]
    fn what_bindery_makes_is_told_from_what_it_does_not() {
        let (postgres, mysql, sqlite) = (Dialect::postgres(), Dialect::mysql(), Dialect::sqlite());
        let length = |length| Some(OwnType { max_length: Some(length), decimal: None });
        let digits = |precision, scale| Some(OwnType { max_length: None, decimal: Some((precision, scale)) });
        let plain = Some(OwnType::default());
        for (dialect, sql_type, type_name, collation, expected) in [
            (&postgres, SqlType::I64, "bigint", None, plain),
            (&postgres, SqlType::Text, "text", None, None),
            (&postgres, SqlType::Text, "text", Some("\"C\""), plain),
            (&postgres, SqlType::Text, "character varying(20)", Some("\"C\""), length(20)),
            (&postgres, SqlType::Text, "character(20)", Some("\"C\""), None),
            (&postgres, SqlType::Decimal, "numeric(5,2)", None, digits(5, 2)),
            (&postgres, SqlType::Timestamp, "timestamp with time zone", None, plain),
            (&postgres, SqlType::Timestamp, "timestamp(3) with time zone", None, None),
            (&postgres, SqlType::Array(&SqlType::I16), "smallint[]", None, plain),
            (&postgres, SqlType::Json, "json", None, None),
            (&mysql, SqlType::I32, "int(11)", None, plain),
            (&mysql, SqlType::I32, "int", None, plain),
            (&mysql, SqlType::I32, "int(5)", None, None),
            (&mysql, SqlType::U32, "int(10) unsigned", None, plain),
            (&mysql, SqlType::U32, "mediumint(8) unsigned", None, None),
            (&mysql, SqlType::Bool, "tinyint(1)", None, plain),
            (&mysql, SqlType::Text, "varchar(20)", Some("utf8mb4_bin"), length(20)),
            (&mysql, SqlType::Text, "varchar(20)", Some("latin1_bin"), None),
            (&mysql, SqlType::Decimal, "decimal(65,30)", None, plain),
            (&mysql, SqlType::Decimal, "decimal(5,2)", None, digits(5, 2)),
            (&mysql, SqlType::Uuid, "char(36)", Some("ascii_bin"), plain),
            (&mysql, SqlType::DateTime, "datetime", None, None),
            (&sqlite, SqlType::Text, "VARCHAR(20)", None, length(20)),
            (&sqlite, SqlType::Text, "varchar(20)", None, None),
            (&sqlite, SqlType::Text, "TEXT", Some("NOCASE"), None),
            (&sqlite, SqlType::Decimal, "DECIMAL_TEXT", Some("decimal"), plain),
        ] {
            assert_eq!(of(dialect, sql_type, type_name, collation), expected, "{type_name} {collation:?}");
        }
    }
}
