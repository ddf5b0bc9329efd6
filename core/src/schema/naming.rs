//! The names of constraints: one convention, the same on every bind.

use std::borrow::Cow;

use super::Index;
use crate::definition::IndexPart;

/// PostgreSQL cuts names beyond 63 bytes in silence, MySQL refuses them beyond 64 characters.
pub(super) const MAX_BYTES: usize = 63;

pub(crate) fn primary_key(table: &str) -> String {
    shorten(format!("pk_{table}"))
}

pub(crate) fn unique(table: &str, columns: &[Cow<'_, str>]) -> String {
    shorten(format!("uq_{table}_{}", columns.join("_")))
}

/// By its columns; where there is more to it than columns, by a hash of its parts.
pub(crate) fn index(table: &str, index: &Index) -> String {
    let kind = if index.unique { "ux" } else { "ix" };
    let text = |part: &IndexPart| match part {
        IndexPart::Column(text) | IndexPart::Expression(text) => text.clone(),
        IndexPart::ColumnWith(text, more) | IndexPart::ExpressionWith(text, more) => format!("{text} {more}"),
    };
    let parts = match index.plain_columns() {
        Some(columns) => columns.join("_"),
        None => format!("{:08x}", hash(&index.parts.iter().map(text).collect::<Vec<_>>().join(", "))),
    };
    shorten(format!("{kind}_{table}_{parts}"))
}

pub(crate) fn foreign_key(table: &str, columns: &[Cow<'_, str>], referred: &str) -> String {
    shorten(format!("fk_{table}_{}_{referred}", columns.join("_")))
}

pub(crate) fn check_of_column(table: &str, column: &str) -> String {
    shorten(format!("ck_{table}_{column}"))
}

pub(crate) fn check(table: &str, sql: &str) -> String {
    shorten(format!("ck_{table}_{:08x}", hash(sql)))
}

/// Of what keeps a column to the values of its enumeration, where the backend has no type for that.
pub(crate) fn check_of_labels(table: &str, column: &str) -> String {
    shorten(format!("ck_{table}_{column}_labels"))
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
    let cut = name.floor_char_boundary_before(MAX_BYTES - 9);
    format!("{}_{:08x}", &name[..cut], hash(&name))
}

/// FNV-1a: the same in every version, for names stay in databases.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
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
        let names = Index::over_columns(["last", "first"]);
        assert_eq!(index("users", &names), "ix_users_last_first");
        assert_eq!(index("users", &names.unique()), "ux_users_last_first");
        assert_eq!(index("users", &Index::over_sql(["lower(email)"])), "ix_users_72852951");
        assert_eq!(foreign_key("posts", &["author_id".into()], "users"), "fk_posts_author_id_users");
        assert_eq!(foreign_key("lines", &["a".into(), "b".into()], "orders"), "fk_lines_a_b_orders");
        assert_eq!(check_of_column("films", "length"), "ck_films_length");
        assert_eq!(check("films", "length > 0"), "ck_films_508d080b");
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
