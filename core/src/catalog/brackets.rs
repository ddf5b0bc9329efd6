//! Brackets in SQL of a server's own, in which every quote is closed.

/// The characters of SQL that stand outside of quotes, each with its place and the number of brackets that are open around it: a bracket is
/// around itself.
pub(super) fn outside_quotes(sql: &str) -> impl Iterator<Item = (usize, char, usize)> {
    let (mut quote, mut depth, mut closes) = (None, 0_usize, false);
    sql.char_indices().filter_map(move |(place, letter)| {
        depth -= usize::from(std::mem::take(&mut closes));
        match (quote, letter) {
            // A quote that is doubled ends the text and begins it again, which comes to the same.
            (Some(open), _) => {
                quote = (letter != open).then_some(open);
                return None;
            }
            (None, '\'' | '"') => {
                quote = Some(letter);
                return None;
            }
            (None, '(') => depth += 1,
            (None, ')') => closes = depth > 0,
            _ => {}
        }
        Some((place, letter, depth))
    })
}

/// Where the bracket that a text begins with is closed.
pub(crate) fn closing_bracket(sql: &str) -> Option<usize> {
    let end = outside_quotes(sql).find(|(_, letter, depth)| (*letter, *depth) == (')', 1));
    end.filter(|_| sql.starts_with('(')).map(|(place, ..)| place)
}

/// An expression without the brackets around all of it.
pub(super) fn without_brackets(sql: &str) -> &str {
    let mut sql = sql.trim();
    while is_in_brackets(sql) {
        sql = sql[1..sql.len() - 1].trim();
    }
    sql
}

/// Whether the bracket that it begins with is closed at its end.
fn is_in_brackets(sql: &str) -> bool {
    closing_bracket(sql).is_some_and(|place| place + 1 == sql.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_brackets_around_all_of_it_are_taken_off() {
        for (sql, without) in [
            ("((a > 0))", "a > 0"),
            (" ( a ) ", "a"),
            ("(a > 0) AND (b > 0)", "(a > 0) AND (b > 0)"),
            ("((a > 0) AND (b > 0))", "(a > 0) AND (b > 0)"),
            ("(a <> ')')", "a <> ')'"),
            ("(a <> ') AND (')", "a <> ') AND ('"),
            ("(\")\" = 'it''s (')", "\")\" = 'it''s ('"),
            ("lower(a)", "lower(a)"),
            ("('(' || a)", "'(' || a"),
            ("ä(ö)", "ä(ö)"),
            ("()", ""),
            ("(a", "(a"),
            (")", ")"),
            ("", ""),
        ] {
            assert_eq!(without_brackets(sql), without, "{sql}");
        }
    }
}
