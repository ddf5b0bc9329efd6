use super::{Diff, Phase};
use crate::ddl::Change;
use crate::ddl::create::domains_in_order;
use crate::definition::{DatabaseDefinition, EnumerationDefinition, Generation};

impl Diff<'_> {
    pub(super) fn compare_enumerations(&mut self) {
        for to in &self.to.enumerations {
            match self.before.enumeration(&to.name) {
                None => self.push(Phase::Enumeration, Change::CreateEnumeration(to.clone())),
                Some(from) if from == to => {}
                Some(from) => match added_values(from, to) {
                    Some(added) if !added.iter().any(|(value, _)| is_used(self.to, value)) => {
                        for (value, after) in added {
                            let enumeration = to.name.clone();
                            self.push(Phase::Enumeration, Change::AddEnumerationValue { enumeration, value, after });
                        }
                    }
                    _ => {
                        self.remade.insert(&to.name);
                        self.push(Phase::Enumeration, Change::AlterEnumeration { from: from.clone(), to: to.clone() });
                    }
                },
            }
        }
    }

    pub(super) fn compare_domains(&mut self) {
        let is_in = |database: &DatabaseDefinition, name: &str| database.domains.iter().any(|domain| domain.name == name);
        for to in domains_in_order(&self.to.domains) {
            match self.before.domains.iter().find(|from| from.name == to.name) {
                None => self.push(Phase::Enumeration, Change::CreateDomain(to.clone())),
                Some(from) if from != to && (&from.type_name, &from.collation) == (&to.type_name, &to.collation) => {
                    self.push(Phase::Enumeration, Change::AlterDomain { from: Box::new(from.clone()), to: Box::new(to.clone()) });
                }
                Some(_) => {}
            }
        }
        let dropped = self.before.domains.iter().filter(|domain| !is_in(self.to, &domain.name));
        // A domain may be made of another, and of an enumeration.
        for domain in domains_in_order(dropped).into_iter().rev() {
            self.push(Phase::DropType, Change::DropDomain(domain.clone()));
        }
        for enumeration in self.before.enumerations.iter().filter(|one| self.to.enumeration(&one.name).is_none()) {
            self.push(Phase::DropType, Change::DropEnumeration(enumeration.clone()));
        }
    }
}

/// The new values, each with the one that it comes behind, where that is all that differs.
fn added_values(from: &EnumerationDefinition, to: &EnumerationDefinition) -> Option<Vec<(String, Option<String>)>> {
    let kept = to.labels.iter().filter(|label| from.labels.contains(label));
    if !kept.eq(&from.labels) {
        return None;
    }
    let after = |at: usize| at.checked_sub(1).map(|at| to.labels[at].clone());
    let labels = to.labels.iter().enumerate();
    Some(labels.filter(|(_, label)| !from.labels.contains(label)).map(|(at, label)| (label.clone(), after(at))).collect())
}

/// Whether a default, check or index has the value in it. PostgreSQL lets nothing use a new value in the transaction that adds it.
fn is_used(database: &DatabaseDefinition, value: &str) -> bool {
    let literal = format!("'{}'", value.replace('\'', "''"));
    database.tables.iter().any(|table| {
        let computed = table.columns.iter().filter_map(|column| match &column.generation {
            Some(Generation::Computed { sql, .. }) => Some(sql),
            _ => None,
        });
        let defaults = table.columns.iter().filter_map(|column| column.default.as_ref());
        let filters = table.indexes.iter().filter_map(|index| index.filter.as_ref());
        let checks = table.checks.iter().map(|check| &check.sql);
        let bounds = table.partition_of.iter().map(|(_, bounds)| bounds);
        computed.chain(defaults).chain(filters).chain(checks).chain(bounds).any(|sql| sql.contains(&literal))
    })
}
