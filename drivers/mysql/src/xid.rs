use std::fmt;

use bindery_core::engine::GlobalId;

/// Tells bindery's transactions from everybody else's on the server: the letters `bind`.
const FORMAT: i64 = 0x6269_6e64;
/// What the second part of an id may have.
const MOST: usize = 64;

/// A global id as XA spells it. Transactions are prepared on the whole server, so the database's name is a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Xid {
    id: GlobalId,
    database: String,
}

impl Xid {
    pub(crate) fn new(id: GlobalId, database: &str) -> Self {
        Xid { id, database: branch(database) }
    }

    /// The id of a row of `XA RECOVER`, where it is of bindery and of this database.
    pub(crate) fn parse(format: i64, global_length: usize, data: &[u8], database: &str) -> Option<GlobalId> {
        let (id, branch_id) = data.split_at_checked(global_length)?;
        let is_ours = format == FORMAT && branch_id == branch(database).as_bytes();
        GlobalId::new(std::str::from_utf8(id).ok().filter(|_| is_ours)?)
    }
}

/// The name itself where it fits; its beginning and a sum of all of it where it doesn't.
fn branch(database: &str) -> String {
    let is_plain = database.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'));
    if is_plain && database.len() <= MOST {
        return database.to_owned();
    }
    // FNV-1a: the same in every process and version, and no secret.
    let sum = database.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let plain: String = database.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("{plain}-{sum:016x}")
}

impl fmt::Display for Xid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither has a quote or a backslash in it.
        write!(f, "'{}','{}',{FORMAT}", self.id, self.database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_again_on_its_own_database_alone() {
        for database in ["shop", "the \"shop\" of Zoë's", &"x".repeat(64), &"ä".repeat(64)] {
            let id = GlobalId::new("bindery-7f3a").unwrap();
            let xid = Xid::new(id.clone(), database).to_string();
            let [global, branch, format] = xid.split(',').collect::<Vec<_>>().try_into().unwrap();
            let (global, branch) = (global.trim_matches('\''), branch.trim_matches('\''));
            assert!(branch.len() <= MOST && !branch.contains(['\'', '\\']), "{branch}");
            let data = format!("{global}{branch}");
            let parse = |format: i64, database: &str| Xid::parse(format, global.len(), data.as_bytes(), database);
            assert_eq!(parse(format.parse().unwrap(), database), Some(id));
            assert_eq!(parse(1, database), None);
            assert_eq!(parse(FORMAT, "another"), None);
        }
    }
}
