use std::sync::Arc;

use crate::config::MigrationOptions;
use crate::ddl::{self, Ordered};
use crate::definition::{DatabaseDefinition, EnumerationDefinition, HISTORY_TABLE, TableDefinition};
use crate::engine::{Dialect, Effect, Engine, Family, Lease, Statement};
use crate::migrate::Direction;
use crate::migrate::files::MigrationSet;
use crate::migrate::run::{Course, Goal, Policy, Runner};
use crate::schema::define;
use crate::session::{Bound, Databases};
use crate::{BindKey, Error, ErrorKind, Result};

/// An empty database beside that of a bind, to try definitions in: the server itself says what they are. Dropped at the end, in the
/// background where it is given up.
pub(in crate::migrate) struct Scratch<'b> {
    bound: &'b Bound<dyn Engine>,
    /// the bind's databases, with this one in its place
    databases: Databases,
    /// `None` once it is dropped
    engine: Option<Arc<dyn Engine>>,
}

impl<'b> Scratch<'b> {
    pub(in crate::migrate) async fn create(databases: &Databases, bound: &'b Bound<dyn Engine>) -> Result<Self> {
        let engine = bound.acquire(Effect::Write).await?.create_scratch(bound.catalog()?).await?;
        let databases = databases.map_engines(|key, own| Arc::clone(if key == bound.key { &engine } else { own }));
        Ok(Scratch { bound, databases, engine: Some(engine) })
    }

    /// Drops it, whatever came of it: a program may end right after an error, and nothing in the background with it.
    pub(in crate::migrate) async fn drop_after<T>(mut self, result: Result<T>) -> Result<T> {
        let dropped = async {
            let mut lease = self.bound.acquire(Effect::Write).await?;
            let Some(engine) = self.engine.take() else { return Ok(()) };
            lease.drop_scratch(self.bound.catalog()?, engine).await
        };
        let dropped = dropped.await;
        let value = result?;
        dropped.map(|()| value)
    }

    fn inner(&self) -> Result<&Bound<dyn Engine>> {
        self.databases.bound(self.bound.key).map(|(_, bound)| bound)
    }

    fn dialect(&self) -> &'b Dialect {
        self.bound.engine.dialect()
    }

    /// Applies migrations that are not applied here yet; those in Rust are left out, for they change rows, and there are none.
    pub(in crate::migrate) async fn apply(&self, set: &MigrationSet) -> Result<()> {
        let set = set.of_definitions();
        self.refuse_reaching_out(&set).await?;
        let policy = Policy { out_of_order: true, ..Policy::default() };
        let bound = self.inner()?;
        let options = MigrationOptions::default();
        let runner = Runner {
            databases: &self.databases,
            bound,
            catalog: bound.catalog()?,
            course: Course { bind: bound.key, set: &set, policy },
            options: &options,
        };
        let run = runner.run(Goal::Up(None)).await;
        run.map_err(|error| error.saying(" (in a scratch database, to see what the migrations make)"))
    }

    /// What a script does to another database by its name, or to the server, it would do here in earnest.
    async fn refuse_reaching_out(&self, set: &MigrationSet) -> Result<()> {
        let databases = self.other_databases().await?;
        for migration in set.iter() {
            let statements = migration.script(Direction::Up).map_or(&[] as &[_], |script| &script.statements);
            for statement in statements {
                let problem = if statement.is_of_server(self.dialect().family()) {
                    "is of the whole server, and no migration's: run it by hand, or in Rust".to_owned()
                } else if let Some(name) = statement.reaches_into(&databases) {
                    format!("names the database `{name}`: take the name out, for a bind's migrations are of its own database")
                } else {
                    continue;
                };
                let message = format!(
                    "`{migration}` can't be tried in a scratch database: what stands in line {} of its up.sql, {}, {problem}",
                    statement.line,
                    statement.excerpt()
                );
                return Err(Error::new(ErrorKind::Migration, message));
            }
        }
        Ok(())
    }

    /// Those that a statement here can reach by their names; elsewhere it reaches its own only. Who reads the server's catalogs changes
    /// nothing.
    async fn other_databases(&self) -> Result<Vec<String>> {
        if self.dialect().family() != Family::MySql {
            return Ok(Vec::new());
        }
        let mut lease = self.inner()?.acquire(Effect::Read).await?;
        let sql = "SELECT schema_name FROM information_schema.schemata \
                   WHERE schema_name NOT IN ('information_schema', 'performance_schema') AND schema_name <> database()";
        lease.all(sql).await
    }

    /// What there is now, the history's table apart.
    pub(in crate::migrate) async fn reflect(&self) -> Result<DatabaseDefinition> {
        let bound = self.inner()?;
        let mut definition = bound.acquire(Effect::Read).await?.reflect(bound.catalog()?).await?;
        without_history(&mut definition);
        Ok(definition)
    }

    /// Makes enumerations and domains, which the types of columns may be.
    pub(in crate::migrate) async fn create_types(&self, of: &DatabaseDefinition) -> Result<()> {
        let mut types = DatabaseDefinition::default();
        types.enumerations.clone_from(&of.enumerations);
        types.domains.clone_from(&of.domains);
        self.run(&ddl::create(self.dialect(), &types)).await
    }

    /// Makes the tables of the application in the place of those that are there, and gives what the server makes of them. Types, functions
    /// and whatever else the migrations have made stay, for tables may use them; of views and of what hangs on tables nothing is known
    /// here, so that is said to be as it was.
    pub(in crate::migrate) async fn replace_by_models(&self, present: &DatabaseDefinition) -> Result<DatabaseDefinition> {
        let (bound, dialect) = (self.inner()?, self.dialect());
        let tables: Vec<_> = bound.metadata.tables().collect();
        let models = define(&tables, dialect)?;
        self.run(&empty(present, &models, dialect)).await?;
        let create = self.run(&ddl::create(dialect, &models)).await;
        create.map_err(|error| error.saying(" (in a scratch database, to see what the models make)"))?;
        let mut definition = self.reflect().await?;
        definition.views.clone_from(&present.views);
        definition.others.clone_from(&present.others);
        for table in &mut definition.tables {
            if let Some(before) = present.table(&table.name) {
                keep_unsaid(table, before);
            }
        }
        Ok(definition)
    }

    async fn run(&self, statements: &[String]) -> Result<()> {
        let mut lease = self.inner()?.acquire(Effect::Write).await?;
        for sql in statements {
            lease.execute(&Statement::new(sql, &[], Effect::Write)).await?;
        }
        Ok(())
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        let (Some(engine), Ok(runtime)) = (self.engine.take(), tokio::runtime::Handle::try_current()) else { return };
        let (own, bind) = (Arc::clone(&self.bound.engine), self.bound.key);
        runtime.spawn(async move {
            if let Err(error) = drop_in_background(own, bind, engine).await {
                tracing::warn!(bind = %bind, %error, "a scratch database was not dropped");
            }
        });
    }
}

async fn drop_in_background(own: Arc<dyn Engine>, bind: BindKey, scratch: Arc<dyn Engine>) -> Result<()> {
    let mut lease = Lease::new(own.acquire(Effect::Write).await?, bind);
    match own.catalog() {
        Some(catalog) => lease.drop_scratch(catalog, scratch).await,
        None => Ok(()),
    }
}

pub(in crate::migrate) fn without_history(definition: &mut DatabaseDefinition) {
    definition.tables.retain(|table| table.name != HISTORY_TABLE);
}

/// A comment that a model doesn't have is not one that it takes away: most people write them by hand.
fn keep_unsaid(table: &mut TableDefinition, before: &TableDefinition) {
    if table.comment.is_none() {
        table.comment.clone_from(&before.comment);
    }
    for column in table.columns.iter_mut().filter(|column| column.comment.is_none()) {
        column.comment = before.column(&column.name).and_then(|before| before.comment.clone());
    }
}

/// What drops the tables, and the enumerations that are the models' to make, or nobody's.
fn empty(present: &DatabaseDefinition, models: &DatabaseDefinition, dialect: &Dialect) -> Vec<String> {
    let mut statements: Vec<_> = present.views.iter().map(|view| drop_view(&view.name, view.materialized, dialect)).collect();
    match dialect.family() {
        // Functions may name their rows.
        Family::Postgres => {
            statements.extend(present.tables.iter().map(|table| format!("DROP TABLE IF EXISTS {} CASCADE", dialect.quote(&table.name))));
        }
        Family::MySql | Family::Sqlite => statements.extend(Ordered::new(&present.tables).drop(dialect, |_| true)),
    }
    let goes =
        |enumeration: &&EnumerationDefinition| models.enumeration(&enumeration.name).is_some() || !is_used(&enumeration.name, models);
    let gone = present.enumerations.iter().filter(goes);
    statements.extend(gone.map(|enumeration| format!("DROP TYPE {}", dialect.quote(&enumeration.name))));
    statements
}

fn drop_view(name: &str, materialized: bool, dialect: &Dialect) -> String {
    let (kind, cascade) = match (dialect.family(), materialized) {
        (Family::Postgres, true) => ("MATERIALIZED VIEW", " CASCADE"),
        (Family::Postgres, false) => ("VIEW", " CASCADE"),
        (Family::MySql | Family::Sqlite, _) => ("VIEW", ""),
    };
    format!("DROP {kind} IF EXISTS {}{cascade}", dialect.quote(name))
}

/// Whether a column of a model has this type, in the server's own words.
fn is_used(name: &str, models: &DatabaseDefinition) -> bool {
    models.tables.iter().flat_map(|table| &table.columns).any(|column| column.type_name.contains(name))
}
