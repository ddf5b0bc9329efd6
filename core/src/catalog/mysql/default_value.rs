use super::reader::Reader;
use super::sql_text::{literal, unescaped, without_database};
use super::types::is_number;

const CURRENT_TIMESTAMP: &str = "CURRENT_TIMESTAMP";

impl Reader<'_> {
    /// A default as SQL, in one form for all servers: MariaDB shows SQL, and `NULL` where a column is NULL; MySQL the bare value, unless it
    /// is an expression.
    pub(super) fn default_value(&self, shown: String, type_name: &str, extra: &str) -> Option<String> {
        if self.server.is_mariadb {
            let sql = without_database(&shown, &self.database);
            return (sql != "NULL").then(|| current_timestamp(&sql).unwrap_or(sql));
        }
        let is_moment = type_name.starts_with("timestamp") || type_name.starts_with("datetime");
        if is_moment && let Some(now) = current_timestamp(&shown) {
            return Some(now);
        }
        // MySQL 8 shows bytes in hexadecimal digits.
        let is_bytes = type_name.starts_with("binary(") || type_name.starts_with("varbinary(");
        let is_sql = is_number(type_name) || type_name.starts_with("bit(") || is_bytes && self.server.is_mysql_since((8, 0, 0));
        Some(match shown {
            shown if extra.contains("DEFAULT_GENERATED") => format!("({})", self.expression(&shown)),
            shown if is_sql => shown,
            shown => literal(&shown),
        })
    }

    /// What a column is set to at each update, of the word behind `on update`.
    pub(super) fn on_update(extra: &str) -> Option<String> {
        const WORDS: &str = "on update ";
        let lower = extra.to_ascii_lowercase();
        let word = lower[lower.find(WORDS)? + WORDS.len()..].split([' ', ',']).next()?;
        Some(current_timestamp(word).unwrap_or_else(|| word.to_owned()))
    }

    /// An expression as the server parsed it.
    pub(super) fn expression(&self, shown: &str) -> String {
        if self.server.is_mysql_since((8, 0, 0)) { unescaped(shown) } else { shown.to_owned() }
    }
}

/// The same in capitals, without empty brackets, where it is nothing but this.
fn current_timestamp(sql: &str) -> Option<String> {
    let (word, digits) = sql.split_at_checked(CURRENT_TIMESTAMP.len())?;
    let is_it = word.eq_ignore_ascii_case(CURRENT_TIMESTAMP) && digits.bytes().all(|byte| matches!(byte, b'(' | b')' | b'0'..=b'9'));
    is_it.then(|| format!("{CURRENT_TIMESTAMP}{}", if digits == "()" { "" } else { digits }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_moment_has_one_form() {
        for (sql, expected) in [
            ("current_timestamp()", Some("CURRENT_TIMESTAMP")),
            ("CURRENT_TIMESTAMP", Some("CURRENT_TIMESTAMP")),
            ("current_timestamp(6)", Some("CURRENT_TIMESTAMP(6)")),
            ("current_timestamp() + interval 1 day", None),
            ("'CURRENT_TIMESTAMP'", None),
            ("now()", None),
        ] {
            assert_eq!(current_timestamp(sql).as_deref(), expected, "{sql}");
        }
        assert_eq!(Reader::on_update("DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3) INVISIBLE").unwrap(), "CURRENT_TIMESTAMP(3)");
        assert_eq!(Reader::on_update("auto_increment"), None);
    }
}
