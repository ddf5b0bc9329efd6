use super::insert::InsertSource;
use super::insert_rows::InsertRun;
use super::node::{Connective, Node, Operator, Owner};
use super::render::{Rendered, Renderer};
use super::{Insert, Select};
use crate::engine::{Capabilities, Dialect, Executed, Family, Row};
use crate::schema::{Column, Model};
use crate::value::Value;
use crate::{Error, ErrorKind, Result};

/// An INSERT whose rows its server can't give back, or doesn't where they were there already, and how they are found again: by their keys.
pub(crate) struct FoundAgain<'a> {
    pub(crate) insert: Rendered<'a>,
    pub(crate) keys: Keys<'a>,
}

pub(crate) enum Keys<'a> {
    Given(GivenKeys<'a>),
    /// the server's
    Generated(&'static Column),
}

/// The keys that rows give.
pub(crate) struct GivenKeys<'a> {
    /// each column with its place in the table, and its value in each row
    columns: Vec<(usize, &'static Column, &'a [Value])>,
    locks: bool,
}

impl<M: Model> Insert<M> {
    /// Its statements, each with the way to its rows.
    pub(crate) fn found_again<'a>(&'a self, dialect: &Dialect, capabilities: &Capabilities) -> Result<Vec<FoundAgain<'a>>> {
        self.check()?;
        let InsertSource::Rows(rows) = &self.source else {
            let message = format!(
                "{} can't give inserted rows back, and those of a select can't be told by their keys: run it by `execute`",
                capabilities.server
            );
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        let mut limits = self.limits(capabilities);
        // Of several rows, not every server tells which keys it has generated; of one, each does.
        if !self.has_conflict() && self.generates_key() && !capabilities.generated_keys {
            limits.rows = 1;
        }
        let steps = rows.runs(Insert::table(self), dialect.family(), limits).into_iter().map(|run| {
            let keys = self.keys_of(&run, dialect, capabilities)?;
            let insert = Renderer::new(dialect, run.table.bind()).insert(&run, self.conflict.as_ref(), false)?;
            Ok(FoundAgain { insert, keys })
        });
        steps.collect()
    }

    /// By what the rows of one statement are found: the primary key, or that which they may be in conflict in.
    fn keys_of<'a>(&self, run: &InsertRun<'a>, dialect: &Dialect, capabilities: &Capabilities) -> Result<Keys<'a>> {
        let is_key = |column: &Column| match &self.conflict {
            Some(conflict) => conflict.key.iter().any(|name| name == column.name()),
            None => column.is_primary_key(),
        };
        let mut columns = Vec::new();
        let mut missing = None;
        for (place, key) in run.table.columns().iter().enumerate().filter(|(_, column)| is_key(column)) {
            match run.columns.iter().find(|(column, _)| column.name() == key.name()) {
                Some((_, values)) => columns.push((place, key, *values)),
                None => missing = Some(key),
            }
        }
        let invalid = |key: &Column, message| Err(Error::new(ErrorKind::InvalidStatement, message).at_column(key.name().to_owned()));
        match missing {
            None => {
                if let Some((_, key, _)) = columns.iter().find(|(_, _, values)| values.contains(&Value::Null)) {
                    return invalid(key, "a row is found by its key, and nothing is found by NULL: run the insert by `execute`");
                }
                // A row that stayed as it was may be newer than what this transaction sees: with a lock MySQL reads it as it is now.
                let locks = self.has_conflict() && dialect.family() == Family::MySql && capabilities.row_locks;
                Ok(Keys::Given(GivenKeys { columns, locks }))
            }
            Some(key) if self.has_conflict() => {
                invalid(key, "a row that may be there already is found by its key, and this one does not give it")
            }
            Some(key) if key.is_generated() && columns.is_empty() => Ok(Keys::Generated(key)),
            Some(key) => {
                let message = format!(
                    "{} can't give inserted rows back, and a key that is the server's default does not tell them: give it a value",
                    capabilities.server
                );
                Err(Error::new(ErrorKind::Unsupported, message).at_column(key.name()))
            }
        }
    }
}

/// The query for all rows of an insert that has run, whose keys the server has generated.
pub(crate) fn of_generated<M: Model>(key: &'static Column, rows: usize, executed: &Executed) -> Result<Select<M, M::Bind>> {
    let keys = executed.generated_keys.ok_or_else(|| {
        Error::new(ErrorKind::Server, "the server does not say which keys it has generated: is the column one that generates them")
            .at_column(key.name())
    })?;
    let values = keys.of(rows).map(Value::I64).collect();
    Ok(Select::of::<M>().narrowed(|owner| in_values(owner, key, values)))
}

impl GivenKeys<'_> {
    /// How many rows one query can ask for: so few that a server looks each of them up.
    pub(crate) fn most_at_once(&self, max_parameters: usize) -> usize {
        (max_parameters / self.columns.len()).clamp(1, 200)
    }

    /// The query for these rows, some of those that were inserted. It gives each with the values that its model has, if it can say them, to tell which it is.
    pub(crate) fn query<M: Model>(&self, rows: &[usize]) -> Select<(M, Option<Vec<Value>>), M::Bind> {
        let condition = |owner: Owner| match (self.columns.as_slice(), rows) {
            ([(_, column, values)], [_, _, ..]) => in_values(owner, column, rows.iter().map(|&row| values[row].clone()).collect()),
            // Of one row, what a select by key asks: the text of a list would be written each time.
            (columns, _) => Node::chain_of(
                Connective::Or,
                rows.iter().map(|&row| {
                    let equal = columns.iter().map(|(_, column, values)| {
                        let node = Node::Column(owner.clone(), column.name().into());
                        Node::binary(node, Operator::Equal, Node::Value(values[row].clone(), column.sql_type()))
                    });
                    Node::chain_of(Connective::And, equal)
                }),
            ),
        };
        let select = Select::of::<M>().narrowed(condition).read_by(|row: &Row<'_>| {
            let mut values = Vec::new();
            let values = M::from_row(row)?.into_values(&mut values).ok().and_then(|()| values.into_iter().collect());
            Ok((M::from_row(row)?, values))
        });
        // Of several keys MySQL might lock every row of the table, which it reads from its beginning to its end.
        if self.locks && rows.len() == 1 { select.for_update() } else { select }
    }

    /// Whether the values of a row that was found have the key that this one gives, as far as can be seen without the server.
    pub(crate) fn is_of(&self, row: usize, found: &[Value]) -> bool {
        let is_alike = |given: &Value, found: &Value| match (given, found) {
            // A column has its own number of digits behind the point.
            (Value::Decimal(given), Value::Decimal(found)) => without_zeros(given) == without_zeros(found),
            _ => given == found,
        };
        self.columns.iter().all(|(place, _, values)| found.get(*place).is_some_and(|found| is_alike(&values[row], found)))
    }
}

/// A decimal without the zeros behind its last other digit behind the point.
fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

fn in_values(owner: Owner, column: &'static Column, values: Vec<Value>) -> Node {
    Node::InValues { node: Box::new(Node::Column(owner, column.name().into())), values, sql_type: column.sql_type(), negated: false }
}
