//! Names in the texts of SQL that servers give: checks, computed columns, filters.

/// A piece of such a text.
enum Piece<'a> {
    Word(&'a str),
    /// with its quotes
    Quoted(&'a str),
    Other(&'a str),
}

/// Whether the name of a column or table stands in this SQL, outside of literals.
pub(super) fn mentions(sql: &str, name: &str) -> bool {
    pieces(sql).iter().any(|piece| piece.is(name))
}

/// The SQL with another name in its place: what a server makes of it by itself when a column is renamed.
pub(super) fn rename(sql: &str, from: &str, to: &str) -> String {
    let renamed = |piece: &Piece<'_>| match piece {
        Piece::Quoted(text) if piece.is(from) => {
            let quote = &text[..1];
            format!("{quote}{}{quote}", to.replace(quote, &quote.repeat(2)))
        }
        Piece::Word(_) if piece.is(from) && is_plain(to) => to.to_owned(),
        Piece::Word(_) if piece.is(from) => format!("\"{}\"", to.replace('"', "\"\"")),
        Piece::Word(text) | Piece::Quoted(text) | Piece::Other(text) => (*text).to_owned(),
    };
    pieces(sql).iter().map(renamed).collect()
}

/// The SQL without quotes around names that need none, keywords apart: so that two can be compared, not for a server.
pub(super) fn unquoted(sql: &str) -> String {
    let plain = |piece: &Piece<'_>| match piece {
        Piece::Quoted(text) if is_plain(&text[1..text.len() - 1]) => text[1..text.len() - 1].to_owned(),
        Piece::Word(text) | Piece::Quoted(text) | Piece::Other(text) => (*text).to_owned(),
    };
    pieces(sql).iter().map(plain).collect()
}

/// Whether it needs no quotes on any backend, keywords apart.
fn is_plain(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl Piece<'_> {
    fn is(&self, name: &str) -> bool {
        match self {
            Piece::Word(text) => *text == name,
            Piece::Quoted(text) => {
                let quote = &text[..1];
                text[1..].strip_suffix(quote).is_some_and(|inner| inner.replace(&quote.repeat(2), quote) == name)
            }
            Piece::Other(_) => false,
        }
    }
}

fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' | '`' => end_of_quoted(rest, first),
            _ if is_of_word(first) => rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()),
            _ => rest.find(|c| is_of_word(c) || matches!(c, '\'' | '"' | '`')).unwrap_or(rest.len()),
        };
        let (piece, behind) = rest.split_at(end);
        pieces.push(match first {
            '"' | '`' if piece.len() > 1 && piece.ends_with(first) => Piece::Quoted(piece),
            _ if is_of_word(first) => Piece::Word(piece),
            _ => Piece::Other(piece),
        });
        rest = behind;
    }
    pieces
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Where a text in quotes ends; a doubled quote is one of its letters.
fn end_of_quoted(sql: &str, quote: char) -> usize {
    let mut letters = sql.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    sql.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_and_renamed_outside_of_literals_only() {
        let sql = "((name)::text <> 'name'::text) AND \"name\" > `name` AND names = 'it''s name' AND \"a \"\"name\"\"\" = 1";
        assert!(mentions(sql, "name") && mentions(sql, "names") && mentions(sql, "a \"name\"") && !mentions(sql, "it"));
        let renamed =
            "((full_name)::text <> 'name'::text) AND \"full_name\" > `full_name` AND names = 'it''s name' AND \"a \"\"name\"\"\" = 1";
        assert_eq!(rename(sql, "name", "full_name"), renamed);
        assert_eq!(unquoted("\"name\" > 0 AND \"Name\" <> '\"name\"'"), "name > 0 AND \"Name\" <> '\"name\"'");
        assert_eq!(rename("name > 0", "name", "Full"), "\"Full\" > 0");
        assert_eq!(rename("ä.name > 'open", "name", "b"), "ä.b > 'open");
    }
}
