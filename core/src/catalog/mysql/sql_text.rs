//! What is done to pieces of SQL that a server shows.

use super::reader::quote;

/// A text as it stands in SQL, as MariaDB shows it.
pub(super) fn literal(text: &str) -> String {
    let mut sql = String::with_capacity(text.len() + 2);
    sql.push('\'');
    for letter in text.chars() {
        match letter {
            '\'' => sql.push_str("''"),
            '\\' => sql.push_str("\\\\"),
            '\0' => sql.push_str("\\0"),
            '\n' => sql.push_str("\\n"),
            '\r' => sql.push_str("\\r"),
            letter => sql.push(letter),
        }
    }
    sql.push('\'');
    sql
}

/// An expression as MySQL 8 parsed it: its `information_schema` shows it as though it stood in quotes.
pub(super) fn unescaped(shown: &str) -> String {
    let mut sql = String::with_capacity(shown.len());
    let mut letters = shown.chars();
    while let Some(letter) = letters.next() {
        sql.push(match letter {
            '\\' => match letters.next() {
                Some('0') => '\0',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('Z') => '\u{1a}',
                Some(letter) => letter,
                None => '\\',
            },
            letter => letter,
        });
    }
    sql
}

/// An expression without the brackets around the whole of it, which MySQL shows and MariaDB doesn't.
pub(super) fn without_brackets(sql: &str) -> &str {
    let mut sql = sql.trim();
    while let Some(inside) = inside_brackets(sql) {
        sql = inside.trim();
    }
    sql
}

fn inside_brackets(sql: &str) -> Option<&str> {
    let inside = sql.strip_prefix('(')?.strip_suffix(')')?;
    let (mut depth, mut rest) = (0_usize, inside);
    while let Some(token) = next_token(rest) {
        match token {
            "(" => depth += 1,
            // The first one closes before the end.
            ")" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        rest = &rest[token.len()..];
    }
    (depth == 0).then_some(inside)
}

/// SQL in which names of this database are without its own name, as they mean the same within it.
pub(super) fn without_database(sql: &str, database: &str) -> String {
    let prefix = format!("{}.", quote(database));
    let (mut kept, mut rest) = (String::with_capacity(sql.len()), sql);
    while !rest.is_empty() {
        // Behind a dot it is a table's or a column's name.
        if !kept.ends_with('.') {
            rest = rest.strip_prefix(&prefix).unwrap_or(rest);
        }
        let token = next_token(rest).unwrap_or_default();
        kept.push_str(token);
        rest = &rest[token.len()..];
    }
    kept
}

/// A text or name in quotes, whole, or a single letter.
fn next_token(sql: &str) -> Option<&str> {
    let first = sql.chars().next()?;
    let length = quoted(sql, first).unwrap_or(first.len_utf8());
    Some(&sql[..length])
}

/// The length of what stands in quotes at the beginning.
fn quoted(sql: &str, quote: char) -> Option<usize> {
    if !matches!(quote, '\'' | '"' | '`') {
        return None;
    }
    let mut letters = sql.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && quote != '`' {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_read_as_the_text() {
        for (text, sql) in [("", "''"), ("it's", "'it''s'"), (r"a\'b", r"'a\\''b'"), ("a\n\r\0\"", r#"'a\n\r\0"'"#)] {
            assert_eq!(literal(text), sql);
        }
    }

    #[test]
    fn what_mysql_8_escapes_is_read() {
        assert_eq!(unescaped(r"json_extract(`a`,_utf8mb4\'$.b\')"), "json_extract(`a`,_utf8mb4'$.b')");
        assert_eq!(unescaped(r"concat(`a`,_utf8mb4\'x\\\'y\\\\\n\')"), "concat(`a`,_utf8mb4'x\\'y\\\\\n')");
    }

    #[test]
    fn brackets_around_the_whole_go() {
        for (sql, without) in [
            ("(`a` > 0)", "`a` > 0"),
            ("((`a` > 0))", "`a` > 0"),
            ("(`a`) + (`b`)", "(`a`) + (`b`)"),
            ("((`a`) + (`b`))", "(`a`) + (`b`)"),
            ("(`a` <> ')')", "`a` <> ')'"),
            ("(`a)` <> 'it''s) \\')')", "`a)` <> 'it''s) \\')'"),
            ("lower(`a`)", "lower(`a`)"),
            ("", ""),
            ("(", "("),
        ] {
            assert_eq!(without_brackets(sql), without);
        }
    }

    #[test]
    fn the_database_s_own_name_goes() {
        for (sql, without) in [
            ("select `p`.`t`.`id` AS `id` from `p`.`t`", "select `t`.`id` AS `id` from `t`"),
            ("select `p`.`p`.`p` AS `p` from `p`.`p`", "select `p`.`p` AS `p` from `p`"),
            ("select `a`.`p` from (`p`.`t` `a` join `q`.`p` `b`)", "select `a`.`p` from (`t` `a` join `q`.`p` `b`)"),
            ("select 'it\\'s `p`.`t`', \"`p`.\", `x``p`.`t`", "select 'it\\'s `p`.`t`', \"`p`.\", `x``p`.`t`"),
            ("nextval(`p`.`s`)", "nextval(`s`)"),
            ("select 'ä' `", "select 'ä' `"),
        ] {
            assert_eq!(without_database(sql, "p"), without);
        }
        assert_eq!(without_database("`a``b`.`t`", "a`b"), "`t`");
    }
}
