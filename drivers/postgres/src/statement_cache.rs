use std::hash::{BuildHasher, RandomState};

use hashlink::LruCache;
use hashlink::linked_hash_map::RawEntryMut;
use tokio_postgres::types::Type;

/// What one connection knows of the statements that it ran: of those that it ran last, up to a number.
pub(crate) struct StatementCache<V> {
    statements: LruCache<Key, V, RandomState>,
    // The map's own, to look up without making a key.
    hasher: RandomState,
}

/// The same text with parameters of other types is another statement.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    sql: Box<str>,
    types: Box<[Type]>,
}

impl<V: Clone> StatementCache<V> {
    pub(crate) fn new(size: usize) -> Self {
        let hasher = RandomState::new();
        StatementCache { statements: LruCache::with_hasher(size, hasher.clone()), hasher }
    }

    /// Whether it keeps nothing.
    pub(crate) fn is_off(&self) -> bool {
        self.statements.capacity() == 0
    }

    pub(crate) fn get(&mut self, sql: &str, types: &[Type]) -> Option<V> {
        // As `Key` hashes itself, without making one.
        let hash = self.hasher.hash_one((sql, types));
        match self.statements.raw_entry_mut().from_hash(hash, |key| *key.sql == *sql && *key.types == *types) {
            RawEntryMut::Occupied(mut entry) => {
                entry.to_back();
                Some(entry.get().clone())
            }
            RawEntryMut::Vacant(_) => None,
        }
    }

    pub(crate) fn insert(&mut self, sql: &str, types: &[Type], value: V) {
        self.statements.insert(Key { sql: sql.into(), types: types.into() }, value);
    }

    pub(crate) fn forget(&mut self, sql: &str, types: &[Type]) {
        self.statements.remove(&Key { sql: sql.into(), types: types.into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_part_of_the_key_and_the_oldest_goes() {
        let mut cache = StatementCache::new(2);
        cache.insert("a", &[Type::INT4], 1);
        cache.insert("a", &[Type::TEXT], 2);
        assert_eq!(cache.get("a", &[Type::INT4]), Some(1));
        assert_eq!(cache.get("a", &[]), None);
        cache.insert("b", &[], 3);
        assert_eq!(cache.get("a", &[Type::TEXT]), None); // `a` with a number was used since
        assert_eq!((cache.get("a", &[Type::INT4]), cache.get("b", &[])), (Some(1), Some(3)));
        cache.forget("b", &[]);
        assert_eq!(cache.get("b", &[]), None);
    }

    #[test]
    fn none_are_kept_where_none_are_wanted() {
        let mut cache = StatementCache::new(0);
        assert!(cache.is_off());
        cache.insert("a", &[], 1);
        assert_eq!(cache.get("a", &[]), None);
    }
}
