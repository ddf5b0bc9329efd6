use super::token::Token;

/// Reads tokens from first to last. What it doesn't know it passes over: it never fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'t, 'a> {
    rest: &'t [Token<'a>],
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(super) fn new(tokens: &'t [Token<'a>]) -> Self {
        Reader { rest: tokens }
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'t [Token<'a>] {
        self.rest
    }

    pub(super) fn next(&mut self) -> Option<&'t Token<'a>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Whether these keywords are next.
    pub(super) fn is_at(&self, words: &[&str]) -> bool {
        self.rest.len() >= words.len() && self.rest.iter().zip(words).all(|(token, word)| token.is(word))
    }

    /// Takes these keywords, if they are next.
    pub(super) fn take(&mut self, words: &[&str]) -> bool {
        let there = self.is_at(words);
        if there {
            self.rest = &self.rest[words.len()..];
        }
        there
    }

    /// Takes the one of these keywords that is next.
    pub(super) fn take_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.take(&[word]))
    }

    /// A name.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = self.rest.first()?.name()?;
        self.next();
        Some(name)
    }

    /// `name` or `schema.name`.
    pub(super) fn object(&mut self) -> Option<String> {
        let name = self.name()?;
        if !self.rest.first().is_some_and(|token| token.is_mark(".")) {
            return Some(name);
        }
        self.next();
        self.name()
    }

    /// What stands in the brackets that are next.
    pub(super) fn group(&mut self) -> Option<&'t [Token<'a>]> {
        let end = closing(self.rest)?;
        let inner = &self.rest[1..end];
        self.rest = &self.rest[end + 1..];
        Some(inner)
    }

    /// Passes over a token, or over brackets with what is in them.
    pub(super) fn skip(&mut self) {
        if self.group().is_none() {
            self.next();
        }
    }
}

/// Where the bracket closes with which these begin.
fn closing(tokens: &[Token<'_>]) -> Option<usize> {
    if !tokens.first()?.is_mark("(") {
        return None;
    }
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        match token {
            _ if token.is_mark("(") => depth += 1,
            _ if token.is_mark(")") => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// The parts between commas; those in brackets don't count.
pub(super) fn parts<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    tokens
        .split(|token| {
            match token {
                _ if token.is_mark("(") => depth += 1,
                _ if token.is_mark(")") => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && token.is_mark(",")
        })
        .collect()
}

/// An expression without the brackets around all of it.
pub(super) fn bare<'t, 'a>(mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    while closing(tokens).is_some_and(|end| end + 1 == tokens.len() && end > 1) {
        tokens = &tokens[1..tokens.len() - 1];
    }
    tokens
}

/// The text of an expression, without the brackets around all of it.
pub(super) fn expression(tokens: &[Token<'_>]) -> String {
    Token::join(bare(tokens))
}
