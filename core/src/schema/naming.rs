//! The names of constraints: one convention, the same on every bind.

use std::borrow::Cow;

/// PostgreSQL cuts names beyond 63 bytes in silence, MySQL refuses them beyond 64 characters.
pub(super) const MAX_BYTES: usize = 63;

pub(super) fn primary_key(table: &str) -> String {
    shorten(format!("pk_{table}"))
}

pub(super) fn unique(table: &str, columns: &[Cow<'static, str>]) -> String {
    shorten(format!("uq_{table}_{}", columns.join("_")))
}

pub(super) fn index(table: &str, columns: &[Cow<'static, str>]) -> String {
    shorten(format!("ix_{table}_{}", columns.join("_")))
}

pub(super) fn foreign_key(table: &str, column: &str, referred: &str) -> String {
    shorten(format!("fk_{table}_{column}_{referred}"))
}

/// A name of at most 63 bytes: a longer one is cut and ends in `_` and eight hexadecimal digits of a hash (FNV-1a) of the whole,
/// so that two long names that begin alike stay two.
///
/// ```
/// use bindery::schema::shorten;
///
/// assert_eq!(shorten("uq_users_email".to_owned()), "uq_users_email");
/// assert_eq!(shorten("x".repeat(100)).len(), 63);
/// ```
pub fn shorten(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let cut = name.floor_char_boundary_before(MAX_BYTES - 9);
    format!("{}_{hash:08x}", &name[..cut])
}

trait FloorCharBoundary {
    fn floor_char_boundary_before(&self, index: usize) -> usize;
}

impl FloorCharBoundary for str {
    // `str::floor_char_boundary` is newer than the MSRV.
    fn floor_char_boundary_before(&self, index: usize) -> usize {
        (0..=index).rev().find(|&index| self.is_char_boundary(index)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_convention() {
        assert_eq!(primary_key("users"), "pk_users");
        assert_eq!(unique("users", &["email".into()]), "uq_users_email");
        assert_eq!(index("users", &["last".into(), "first".into()]), "ix_users_last_first");
        assert_eq!(foreign_key("posts", "author_id", "users"), "fk_posts_author_id_users");
    }

    #[test]
    fn long_names_stay_apart_within_63_bytes() {
        let long = "ü".repeat(40);
        let (a, b) = (unique(&long, &["a".into()]), unique(&long, &["b".into()]));
        assert!(a.len() <= 63 && b.len() <= 63);
        assert_ne!(a, b);
        assert_eq!(shorten("x".repeat(63)), "x".repeat(63));
        assert_eq!(shorten("x".repeat(64)).len(), 63);
    }
}
