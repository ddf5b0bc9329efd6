use crate::value::SqlType;

/// The type of bindery's that reads and writes a column of this type, as the server names it. `collation` is the column's own or its
/// table's.
pub(super) fn sql_type(type_name: &str, collation: Option<&str>) -> Option<SqlType> {
    let name = type_name.split(['(', ' ']).next().unwrap_or_default();
    let integer = |signed, unsigned| Some(if type_name.contains(" unsigned") { unsigned } else { signed });
    match name {
        "tinyint" if type_name.starts_with("tinyint(1)") => Some(SqlType::Bool),
        "tinyint" => integer(SqlType::I8, SqlType::U8),
        "smallint" => integer(SqlType::I16, SqlType::U16),
        "mediumint" | "int" => integer(SqlType::I32, SqlType::U32),
        "bigint" => integer(SqlType::I64, SqlType::U64),
        "year" => Some(SqlType::U16),
        "float" => Some(SqlType::F32),
        "double" => Some(SqlType::F64),
        "decimal" => Some(SqlType::Decimal),
        "char" if type_name == "char(36)" && collation == Some("ascii_bin") => Some(SqlType::Uuid),
        // MariaDB's own three are written and read as text.
        "uuid" => Some(SqlType::Uuid),
        "inet4" | "inet6" | "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" => Some(SqlType::Text),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Some(SqlType::Bytes),
        "date" => Some(SqlType::Date),
        "time" => Some(SqlType::Time),
        // Bindery's own columns of either are a `datetime`.
        "datetime" | "timestamp" => Some(SqlType::Timestamp),
        "json" => Some(SqlType::Json),
        _ => None,
    }
}

/// Whether the server shows a default of a column of this type, and takes it, without quotes.
pub(super) fn is_number(type_name: &str) -> bool {
    let name = type_name.split(['(', ' ']).next().unwrap_or_default();
    matches!(name, "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" | "float" | "double" | "decimal")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_by_the_server_s_names() {
        for (name, expected) in [
            ("tinyint(1)", Some(SqlType::Bool)),
            ("tinyint(4)", Some(SqlType::I8)),
            ("tinyint", Some(SqlType::I8)),
            ("tinyint(3) unsigned", Some(SqlType::U8)),
            ("mediumint(8) unsigned zerofill", Some(SqlType::U32)),
            ("int", Some(SqlType::I32)),
            ("bigint(20) unsigned", Some(SqlType::U64)),
            ("decimal(10,2) unsigned", Some(SqlType::Decimal)),
            ("double", Some(SqlType::F64)),
            ("year(4)", Some(SqlType::U16)),
            ("enum(' unsigned','(')", Some(SqlType::Text)),
            ("varchar(100) /*M!100301 COMPRESSED*/", Some(SqlType::Text)),
            ("char(36)", Some(SqlType::Text)),
            ("datetime(6)", Some(SqlType::Timestamp)),
            ("bit(3)", None),
            ("point", None),
        ] {
            assert_eq!(sql_type(name, Some("utf8mb4_bin")), expected, "{name}");
        }
        assert_eq!(sql_type("char(36)", Some("ascii_bin")), Some(SqlType::Uuid));
        assert!(is_number("decimal(10,2)") && !is_number("bit(3)") && !is_number("varchar(3)"));
    }
}
