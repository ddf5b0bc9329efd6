use std::hash::{BuildHasher, Hash, Hasher};

use hashlink::linked_hash_map::RawEntryMut;
use hashlink::{DefaultHashBuilder, LruCache};
use tokio_postgres::types::Type;

/// What one connection knows of the statements that it ran: of those that it ran last, up to a number.
pub(crate) struct StatementCache<V> {
    statements: LruCache<Key, V, DefaultHashBuilder>,
    // The map's own, to look up without making a key. It is a fast one: the texts are the application's.
    hasher: DefaultHashBuilder,
}

/// The same text with parameters of other types is another statement.
#[derive(PartialEq, Eq)]
struct Key {
    sql: Box<str>,
    types: Box<[Type]>,
}

impl Hash for Key {
    // One text is rarely run with parameters of several types.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sql.hash(state);
    }
}

impl<V: Clone> StatementCache<V> {
    pub(crate) fn new(size: usize) -> Self {
        let hasher = DefaultHashBuilder::default();
        StatementCache { statements: LruCache::with_hasher(size, hasher.clone()), hasher }
    }

    /// Whether it keeps nothing.
    pub(crate) fn is_off(&self) -> bool {
        self.statements.capacity() == 0
    }

    pub(crate) fn get(&mut self, sql: &str, types: impl Iterator<Item = Type> + Clone) -> Option<V> {
        // As `Key` hashes itself, without making one.
        let hash = self.hasher.hash_one(sql);
        match self.statements.raw_entry_mut().from_hash(hash, |key| *key.sql == *sql && key.types.iter().cloned().eq(types.clone())) {
            RawEntryMut::Occupied(mut entry) => {
                entry.to_back();
                Some(entry.get().clone())
            }
            RawEntryMut::Vacant(_) => None,
        }
    }

    pub(crate) fn insert(&mut self, sql: &str, types: Vec<Type>, value: V) {
        self.statements.insert(Key { sql: sql.into(), types: types.into() }, value);
    }

    pub(crate) fn forget(&mut self, sql: &str, types: impl Iterator<Item = Type>) {
        self.statements.remove(&Key { sql: sql.into(), types: types.collect() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_part_of_the_key_and_the_oldest_goes() {
        let mut cache = StatementCache::new(2);
        cache.insert("a", vec![Type::INT4], 1);
        cache.insert("a", vec![Type::TEXT], 2);
        assert_eq!(cache.get("a", [Type::INT4].into_iter()), Some(1));
        assert_eq!(cache.get("a", [].into_iter()), None);
        cache.insert("b", vec![], 3);
        assert_eq!(cache.get("a", [Type::TEXT].into_iter()), None); // `a` with a number was used since
        assert_eq!((cache.get("a", [Type::INT4].into_iter()), cache.get("b", [].into_iter())), (Some(1), Some(3)));
        cache.forget("b", [].into_iter());
        assert_eq!(cache.get("b", [].into_iter()), None);
    }

    #[test]
    fn none_are_kept_where_none_are_wanted() {
        let mut cache = StatementCache::new(0);
        assert!(cache.is_off());
        cache.insert("a", vec![], 1);
        assert_eq!(cache.get("a", [].into_iter()), None);
    }
}
