use crate::value::SqlType;

/// The type of bindery's for a declared one: those that bindery itself declares (`engine/dialect.rs`), what other programs mean by
/// theirs, and else by affinity (<https://sqlite.org/datatype3.html>, 3.1). `None` where SQLite keeps now integers, now floats or text.
pub(super) fn sql_type_of(type_name: &str) -> Option<SqlType> {
    let declared = type_name.to_ascii_uppercase();
    let contains = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    Some(match declared.split('(').next().unwrap_or_default().trim() {
        "" | "ANY" => return None,
        "BOOLEAN" | "BOOL" => SqlType::Bool,
        "DECIMAL_TEXT" => SqlType::Decimal,
        "DATE_TEXT" | "DATE" => SqlType::Date,
        "TIME_TEXT" | "TIME" => SqlType::Time,
        "DATETIME_TEXT" | "DATETIME" => SqlType::DateTime,
        "TIMESTAMP_TEXT" | "TIMESTAMP" => SqlType::Timestamp,
        "UUID_TEXT" => SqlType::Uuid,
        "JSON_TEXT" => SqlType::Json,
        _ if contains(&["INT"]) => SqlType::I64,
        _ if contains(&["CHAR", "CLOB", "TEXT"]) => SqlType::Text,
        _ if contains(&["BLOB"]) => SqlType::Bytes,
        _ if contains(&["REAL", "FLOA", "DOUB"]) => SqlType::F64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Dialect;

    #[test]
    fn what_bindery_declares_comes_back() {
        let types = [
            (SqlType::Bool, SqlType::Bool),
            (SqlType::I8, SqlType::I64),
            (SqlType::U32, SqlType::I64),
            (SqlType::F32, SqlType::F64),
            (SqlType::Text, SqlType::Text),
            (SqlType::Bytes, SqlType::Bytes),
            (SqlType::Decimal, SqlType::Decimal),
            (SqlType::Date, SqlType::Date),
            (SqlType::Time, SqlType::Time),
            (SqlType::DateTime, SqlType::DateTime),
            (SqlType::Timestamp, SqlType::Timestamp),
            (SqlType::Uuid, SqlType::Uuid),
            (SqlType::Json, SqlType::Json),
        ];
        for (declared, found) in types {
            let name = Dialect::sqlite().type_name(declared, None, None);
            let name = name.split(" COLLATE ").next().unwrap();
            assert_eq!(sql_type_of(name), Some(found), "{name}");
        }
        assert_eq!(sql_type_of(&Dialect::sqlite().type_name(SqlType::Text, Some(120), None)), Some(SqlType::Text));
    }

    #[test]
    fn others_go_by_their_affinity() {
        for (name, found) in [
            ("int unsigned", Some(SqlType::I64)),
            ("FLOATING POINT", Some(SqlType::I64)),
            ("nvarchar (70)", Some(SqlType::Text)),
            ("double precision", Some(SqlType::F64)),
            ("timestamp", Some(SqlType::Timestamp)),
            ("DECIMAL(5, 2)", None),
            ("NUMERIC", None),
            ("", None),
            ("any", None),
        ] {
            assert_eq!(sql_type_of(name), found, "{name}");
        }
    }
}
