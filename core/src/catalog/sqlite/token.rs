/// One token of SQLite's SQL (<https://sqlite.org/lang.html>), with what stands before it only as far as it parts it from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// where it begins, in bytes
    pub(super) start: usize,
    /// whether white space or a comment stands before it
    pub(super) spaced: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// a keyword or a name
    Word,
    /// a name in quotes: `"x"`, `` `x` ``, `[x]`
    Name,
    /// `'x'`, which SQLite takes for a name where only a name may stand
    Text,
    /// `x'00'`
    Blob,
    Number,
    /// one character of whatever else
    Mark,
}

impl<'a> Token<'a> {
    /// All tokens of a text; `None` where a quote is never closed.
    pub(super) fn all(sql: &'a str) -> Option<Vec<Token<'a>>> {
        let (mut tokens, mut at) = (Vec::new(), 0);
        loop {
            let before = at;
            at += space(&sql[at..]);
            let rest = &sql[at..];
            let Some(first) = rest.chars().next() else { return Some(tokens) };
            let (kind, length) = first_token(rest, first)?;
            tokens.push(Token { kind, text: &rest[..length], start: at, spaced: at > before });
            at += length;
        }
    }

    /// Whether it is this keyword.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    /// The name that it is, without quotes.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Name | Kind::Text => {
                let mut inner = self.text.chars();
                let quote = inner.next()?;
                inner.next_back();
                let inner = inner.as_str();
                Some(if quote == '[' { inner.to_owned() } else { inner.replace(&format!("{quote}{quote}"), &quote.to_string()) })
            }
            Kind::Blob | Kind::Number | Kind::Mark => None,
        }
    }

    /// These tokens as text: one space where there was any, and no comments.
    pub(super) fn join(tokens: &[Token<'_>]) -> String {
        let mut sql = String::new();
        for token in tokens {
            if token.spaced && !sql.is_empty() {
                sql.push(' ');
            }
            sql.push_str(token.text);
        }
        sql
    }
}

/// The length of the white space and the comments at the beginning.
fn space(sql: &str) -> usize {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\x0c', '\r']);
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return sql.len() - rest.len();
        }
    }
}

fn first_token(sql: &str, first: char) -> Option<(Kind, usize)> {
    let second = sql[first.len_utf8()..].chars().next();
    Some(match first {
        '\'' => (Kind::Text, quoted(sql, '\'')?),
        '"' | '`' => (Kind::Name, quoted(sql, first)?),
        '[' => (Kind::Name, sql.find(']')? + 1),
        'x' | 'X' if second == Some('\'') => (Kind::Blob, 1 + quoted(&sql[1..], '\'')?),
        '0'..='9' => (Kind::Number, number(sql)),
        '.' if second.is_some_and(|second| second.is_ascii_digit()) => (Kind::Number, number(sql)),
        _ if in_word(first) => (Kind::Word, sql.find(|letter| !in_word(letter)).unwrap_or(sql.len())),
        _ => (Kind::Mark, first.len_utf8()),
    })
}

fn in_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$') || !letter.is_ascii()
}

/// The length of what begins with a quote; inside it, the quote is doubled.
fn quoted(sql: &str, quote: char) -> Option<usize> {
    let mut letters = sql.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + 1);
        }
    }
    None
}

fn number(sql: &str) -> usize {
    let hexadecimal = sql.starts_with("0x") || sql.starts_with("0X");
    let mut before = ' ';
    let end = sql.find(|letter: char| {
        let sign = matches!(letter, '+' | '-') && matches!(before, 'e' | 'E') && !hexadecimal;
        before = letter;
        !(sign || letter == '.' || in_word(letter))
    });
    end.unwrap_or(sql.len())
}
