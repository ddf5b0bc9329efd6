//! Binds: the short names of databases, as values and as types.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind, Result};

const MAX_LEN: usize = 32;

/// The short name of one configured database: `default`, `auth`, `meta`.
///
/// A key is `[a-z][a-z0-9_]{0,31}` without `__`: it stands in environment variables and in folder names. It is a small `Copy` value.
///
/// ```
/// use bindery_core::BindKey;
///
/// let auth: BindKey = "auth".parse()?;
/// assert_eq!(auth, BindKey::from_static("auth"));
/// assert!("Auth".parse::<BindKey>().is_err());
/// assert_eq!(BindKey::DEFAULT.as_str(), "default");
/// # Ok::<(), bindery_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BindKey {
    // Unused bytes are 0, so the derived order is the order of the names.
    bytes: [u8; MAX_LEN],
}

impl BindKey {
    /// `default`: the bind of a table that names none. Nothing else ever falls back to it.
    pub const DEFAULT: BindKey = BindKey::from_static("default");

    /// A key known at compile time.
    ///
    /// # Panics
    /// On a malformed key, which in a `const` is a compile error. For keys known at run time there is [`str::parse`], whose error is
    /// [`ErrorKind::UnknownBind`].
    #[track_caller]
    #[allow(clippy::panic)] // in a constant this is how a compile error is made
    pub const fn from_static(key: &'static str) -> Self {
        match Self::checked(key) {
            Some(key) => key,
            None => panic!("a bind key is a lower-case letter, then up to 31 lower-case letters, digits and single underscores"),
        }
    }

    const fn checked(key: &str) -> Option<Self> {
        let key = key.as_bytes();
        if key.is_empty() || key.len() > MAX_LEN || !key[0].is_ascii_lowercase() {
            return None;
        }
        let mut bytes = [0; MAX_LEN];
        let mut i = 0;
        while i < key.len() {
            let byte = key[i];
            if !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') || (byte == b'_' && key[i - 1] == b'_') {
                return None;
            }
            bytes[i] = byte;
            i += 1;
        }
        Some(BindKey { bytes })
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        let len = self.bytes.iter().position(|&byte| byte == 0).unwrap_or(MAX_LEN);
        // Only ASCII gets in, so this can't fail.
        std::str::from_utf8(&self.bytes[..len]).unwrap_or_default()
    }
}

impl FromStr for BindKey {
    type Err = Error;

    fn from_str(key: &str) -> Result<Self> {
        BindKey::checked(key).ok_or_else(|| {
            Error::new(
                ErrorKind::UnknownBind,
                format!(
                    "`{}` is not a bind key: a key is a lower-case letter, then up to 31 lower-case letters, digits and single underscores",
                    key.escape_debug()
                ),
            )
        })
    }
}

impl fmt::Display for BindKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for BindKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BindKey({})", self.as_str())
    }
}

impl AsRef<str> for BindKey {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// What names a bind: a [`BindKey`], or a string that is checked.
///
/// ```
/// use bindery::{BindKey, ToBindKey};
///
/// assert_eq!("auth".to_bind_key()?, BindKey::from_static("auth"));
/// assert!("no key".to_bind_key().is_err());
/// # Ok::<(), bindery::Error>(())
/// ```
pub trait ToBindKey {
    /// The key.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownBind`] where the name is malformed. Whether such a bind is configured is not looked at here.
    fn to_bind_key(&self) -> Result<BindKey>;
}

impl ToBindKey for BindKey {
    fn to_bind_key(&self) -> Result<BindKey> {
        Ok(*self)
    }
}

impl ToBindKey for str {
    fn to_bind_key(&self) -> Result<BindKey> {
        self.parse()
    }
}

impl ToBindKey for String {
    fn to_bind_key(&self) -> Result<BindKey> {
        self.parse()
    }
}

impl<T: ToBindKey + ?Sized> ToBindKey for &T {
    fn to_bind_key(&self) -> Result<BindKey> {
        (**self).to_bind_key()
    }
}

/// A bind as a type, so that the compiler can tell two databases apart. The derive makes it from `bind = "auth"`, and
/// `bindery::bind!` gives it a name; rustc prints it as `Bind<'a', 'u', 't', 'h'>`.
pub struct Bind<
    const C0: char = '\0',
    const C1: char = '\0',
    const C2: char = '\0',
    const C3: char = '\0',
    const C4: char = '\0',
    const C5: char = '\0',
    const C6: char = '\0',
    const C7: char = '\0',
    const C8: char = '\0',
    const C9: char = '\0',
    const C10: char = '\0',
    const C11: char = '\0',
    const C12: char = '\0',
    const C13: char = '\0',
    const C14: char = '\0',
    const C15: char = '\0',
    const C16: char = '\0',
    const C17: char = '\0',
    const C18: char = '\0',
    const C19: char = '\0',
    const C20: char = '\0',
    const C21: char = '\0',
    const C22: char = '\0',
    const C23: char = '\0',
    const C24: char = '\0',
    const C25: char = '\0',
    const C26: char = '\0',
    const C27: char = '\0',
    const C28: char = '\0',
    const C29: char = '\0',
    const C30: char = '\0',
    const C31: char = '\0',
>;

/// No particular bind: what a plain value, a bare [`Table`](crate::schema::Table) and the columns of an abstract base have.
/// It goes with every bind at compile time; at run time a statement over two binds is an error before anything is sent.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::query::Select;
/// use bindery::{AnyBind, query::DynamicRow};
///
/// let events: Select<DynamicRow, AnyBind> = EVENTS.select();
/// # Ok(())
/// # }
/// ```
pub struct AnyBind;

/// The bind of a type: [`Bind`] for a model.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::schema::Fields;
/// use bindery::{BindName, bind};
///
/// bind!(pub Auth = "auth");
/// assert_eq!(<Auth as BindName>::KEY, "auth".parse()?);
/// assert_eq!(<<User as Fields>::Bind as BindName>::KEY.as_str(), "auth");
/// # Ok(())
/// # }
/// ```
pub trait BindName: Send + Sync + 'static {
    /// The key.
    const KEY: BindKey;
}

/// Holds where two parts of a statement are of one database, so that a join, subquery or union across two does not compile.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// use bindery::query::{Condition, Select};
/// use bindery::schema::Model;
/// use bindery::SameDatabase;
///
/// /// For any model and any condition of its database.
/// fn some<M: Model, C: Condition>(condition: C) -> Select<M, M::Bind>
/// where
///     M::Bind: SameDatabase<C::Bind>,
/// {
///     M::select().filter(condition).limit(10)
/// }
/// let found = some::<User, _>(User::name.is_null()); // `Post::stars.is_null()` would not compile
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a statement can not span two databases: `{Self}` and `{Other}`",
    label = "this belongs to the bind `{Other}`, the statement to `{Self}`",
    note = "each statement is sent to one database: run one statement per bind and combine their rows in Rust, for example by `in_` over the keys that the first one gave"
)]
pub trait SameDatabase<Other> {}

impl SameDatabase<AnyBind> for AnyBind {}

macro_rules! bind_impls {
    ($($c:ident)*) => {
        impl<$(const $c: char),*> BindName for Bind<$($c),*> {
            const KEY: BindKey = {
                let chars = [$($c),*];
                let mut bytes = [0; MAX_LEN];
                let mut i = 0;
                while i < MAX_LEN {
                    // The derive and `bind!` have checked the key: it is ASCII.
                    bytes[i] = chars[i] as u8;
                    i += 1;
                }
                BindKey { bytes }
            };
        }
        impl<$(const $c: char),*> SameDatabase<Bind<$($c),*>> for Bind<$($c),*> {}
        impl<$(const $c: char),*> SameDatabase<AnyBind> for Bind<$($c),*> {}
        impl<$(const $c: char),*> SameDatabase<Bind<$($c),*>> for AnyBind {}
    };
}
bind_impls!(C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16 C17 C18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30 C31);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked() {
        for good in ["default", "a", "auth_2", "a0", "x".repeat(32).as_str()] {
            assert_eq!(good.parse::<BindKey>().unwrap().as_str(), good);
        }
        for bad in ["", "A", "1a", "_a", "a__b", "a-b", "ä", "a b", "x".repeat(33).as_str(), "a\0"] {
            assert!(bad.parse::<BindKey>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_type_carries_its_key() {
        assert_eq!(<Bind<'a', 'u', 't', 'h'> as BindName>::KEY, BindKey::from_static("auth"));
    }

    #[test]
    fn keys_sort_as_their_names() {
        let mut keys = ["meta", "auth_2", "auth", "default"].map(BindKey::from_static);
        keys.sort();
        assert_eq!(keys.map(|key| key.to_string()), ["auth", "auth_2", "default", "meta"]);
    }
}
