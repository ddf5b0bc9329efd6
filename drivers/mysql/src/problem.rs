use std::borrow::Cow;

use bindery_core::ErrorKind;

/// Why a value can't be sent: the end of a sentence that begins with its place.
pub(crate) struct Problem {
    pub(crate) kind: ErrorKind,
    pub(crate) text: Cow<'static, str>,
}

impl Problem {
    pub(crate) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Problem { kind: ErrorKind::InvalidValue, text: text.into() }
    }

    pub(crate) fn unsupported(text: impl Into<Cow<'static, str>>) -> Self {
        Problem { kind: ErrorKind::Unsupported, text: text.into() }
    }
}
