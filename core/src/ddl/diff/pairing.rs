use crate::ddl::words::unquoted;
use crate::definition::{CheckDefinition, ForeignKeyDefinition, IndexDefinition, IndexPart, KeyDefinition};
use crate::engine::Family;

/// The constraints of a table so far and as they are to be, without those that stay.
pub(super) struct Paired<'a, T> {
    pub(super) dropped: Vec<&'a T>,
    pub(super) added: Vec<&'a T>,
    /// what only has another name, where the backend can change that
    pub(super) renamed: Vec<(String, String)>,
}

impl<'a, T: Comparable> Paired<'a, T> {
    /// Pairs them by what they are; what is forced is dropped and added though it stays.
    pub(super) fn of(family: Family, before: &[&'a T], to: &[&'a T], is_forced: impl Fn(&T) -> bool) -> Self {
        let lacks = |others: &[&T], one: &T| is_forced(one) || !others.iter().any(|other| other.plain() == one.plain());
        let mut dropped: Vec<_> = before.iter().copied().filter(|one| lacks(to, one)).collect();
        let mut added: Vec<_> = to.iter().copied().filter(|one| lacks(before, one)).collect();
        let mut renamed = Vec::new();
        if family == Family::Postgres {
            dropped.retain(|old| {
                let other_name = added.iter().position(|new| !is_forced(old) && old.nameless() == new.nameless());
                let new = other_name.map(|at| added.remove(at));
                renamed.extend(new.map(|new| (old.name().to_owned(), new.name().to_owned())));
                new.is_none()
            });
        }
        Paired { dropped, added, renamed }
    }
}

/// What is compared.
pub(super) trait Comparable: PartialEq + Clone {
    fn name(&self) -> &str;

    /// With the SQL in it without quotes that need not be: SQLite writes some when it follows a rename.
    fn plain(&self) -> Self;

    fn nameless(&self) -> Self;
}

macro_rules! comparable {
    ($definition:ty, |$plain:ident| $unquote:expr) => {
        impl Comparable for $definition {
            fn name(&self) -> &str {
                &self.name
            }

            fn plain(&self) -> Self {
                let mut $plain = self.clone();
                $unquote;
                $plain
            }

            fn nameless(&self) -> Self {
                Self { name: String::new(), ..self.plain() }
            }
        }
    };
}

comparable!(KeyDefinition, |key| key.columns_sql.iter_mut().for_each(unquote));
comparable!(ForeignKeyDefinition, |key| key.options.iter_mut().for_each(unquote));
comparable!(CheckDefinition, |check| unquote(&mut check.sql));
comparable!(IndexDefinition, |index| {
    let expressions = index.parts.iter_mut().filter_map(|part| match part {
        IndexPart::Expression(sql) | IndexPart::ExpressionWith(sql, _) => Some(sql),
        IndexPart::Column(_) | IndexPart::ColumnWith(..) => None,
    });
    expressions.chain(&mut index.filter).for_each(unquote);
});

fn unquote(sql: &mut String) {
    *sql = unquoted(sql);
}
