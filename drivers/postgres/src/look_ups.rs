use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::Type;

/// The statements by which the client library looks up the types that it doesn't know. It prepares each once, at its first need, and
/// believes from then on that its name is there. Behind a pooler that gives each transaction another server connection it isn't: so they
/// are prepared again, under the same names, in each transaction that may need them, and are gone at its end.
#[derive(Default)]
pub(crate) struct LookUps(Vec<(String, String)>);

/// The names that the client library has chosen since [`LookUps::prepare`].
const NEW: &str = "SELECT name, statement FROM pg_catalog.pg_prepared_statements WHERE NOT from_sql; ";

impl LookUps {
    /// Prepares those that are known. What anyone before left on this server connection may bear one of these names, or of those to come.
    pub(crate) fn prepare(&self) -> String {
        let prepare = |(name, sql): &(String, String)| format!("; PREPARE {name} AS {sql}");
        std::iter::once("DEALLOCATE ALL".to_owned()).chain(self.0.iter().map(prepare)).collect()
    }

    /// Leaves no name behind, and answers what [`learn`](Self::learn) reads, where there can be anything to learn.
    pub(crate) fn clean(looked_up: bool) -> String {
        format!("{}DEALLOCATE ALL", if looked_up { NEW } else { "" })
    }

    pub(crate) fn learn(&mut self, answer: &[SimpleQueryMessage]) {
        self.0.extend(answer.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some((row.get(0)?.to_owned(), row.get(1)?.to_owned())),
            _ => None,
        }));
    }
}

/// Whether a statement has a type that had to be looked up.
pub(crate) fn has_own_types(statement: &tokio_postgres::Statement) -> bool {
    let columns = statement.columns().iter().map(|column| column.type_());
    statement.params().iter().chain(columns).any(|ty| Type::from_oid(ty.oid()).is_none())
}
