use std::borrow::Cow;

/// Why a value can't be sent or read: the end of a sentence that begins with its place.
pub(crate) type Problem = Cow<'static, str>;
