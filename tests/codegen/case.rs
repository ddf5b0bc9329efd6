use std::path::PathBuf;
use std::process::{Command, Stdio};

use bindery::definition::{DatabaseDefinition, TableDefinition};
use bindery::engine::Dialect;
use bindery::prelude::*;
use bindery::{BindKey, MysqlDriver, PostgresDriver, SqliteDriver};

use crate::place::{Backend, Place};

/// A schema of someone else's, and the empty database that models of it make theirs in.
pub(crate) struct Case {
    /// which is its bind too
    pub(crate) name: &'static str,
    backend: Backend,
    original: Place,
    made: Place,
    /// what comes back otherwise, and why
    pub(crate) excuse: fn(&mut TableDefinition),
}

impl Case {
    pub(crate) fn new(name: &'static str, backend: Backend, sql: &str, excuse: fn(&mut TableDefinition)) -> Self {
        let case = Case { name, backend, original: Place::new(backend), made: Place::new(backend), excuse };
        case.original.run(sql);
        case
    }

    pub(crate) fn bind(&self) -> BindKey {
        BindKey::from_static(self.name)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Sqlite => Dialect::sqlite(),
            Backend::Postgres => Dialect::postgres(),
            Backend::MariaDb | Backend::MySql57 => Dialect::mysql(),
        }
    }

    pub(crate) fn url_of_made(&self) -> String {
        self.made.url()
    }

    pub(crate) async fn reflect_original(&self) -> DatabaseDefinition {
        self.original.reflect().await
    }

    pub(crate) async fn reflect_made(&self) -> DatabaseDefinition {
        self.made.reflect().await
    }

    /// Makes what models can't: domains, and sequences that are no column's.
    pub(crate) fn prepare(&self, definition: &DatabaseDefinition) {
        let sequences = definition.others.iter().filter(|other| other.kind == "sequence").map(|other| other.sql.clone());
        let domains = definition.domains.iter().map(|domain| {
            let quote = |name: &str| self.dialect().quote(name);
            let mut sql = format!("CREATE DOMAIN {} AS {}", quote(&domain.name), domain.type_name);
            sql += if domain.nullable { "" } else { " NOT NULL" };
            for check in &domain.checks {
                sql += &format!(" CONSTRAINT {} CHECK ({})", quote(&check.name), check.sql);
            }
            sql
        });
        for sql in sequences.chain(domains) {
            self.made.run(&sql);
        }
    }
}

impl Place {
    /// By the backend's own client.
    pub(crate) fn run(&self, sql: &str) {
        match self {
            Place::Sqlite(_) => {
                let client = self.sqlite();
                // A collation of bindery's own, whose order doesn't matter here.
                client.create_collation("decimal", |a, b| a.cmp(b)).unwrap();
                client.execute_batch(sql).unwrap();
            }
            Place::Postgres(database) => drop(database.psql(sql).unwrap()),
            Place::Mysql(database) => drop(database.sql(sql).unwrap()),
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Place::Sqlite(files) => files.url("default").to_string_with_password(),
            Place::Postgres(database) => database.url().to_string_with_password(),
            Place::Mysql(database) => database.url().to_string_with_password(),
        }
    }

    /// A program without models.
    pub(crate) async fn bare(&self) -> Databases {
        let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver);
        builder.without_registered().bind("default", self.url().as_str()).connect().await.unwrap()
    }

    async fn reflect(&self) -> DatabaseDefinition {
        let databases = self.bare().await;
        let definition = databases.reflect("default").await.unwrap();
        databases.close().await;
        definition
    }
}

/// What `rustfmt` with its usual settings would change in a source.
pub(crate) fn unformatted(source: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("models.rs");
    std::fs::write(&file, source).unwrap();
    let checked = Command::new("rustfmt").args(["--check", "--edition", "2024"]).arg(&file).stdin(Stdio::null()).output().unwrap();
    let shown = String::from_utf8(checked.stdout).unwrap() + &String::from_utf8(checked.stderr).unwrap();
    assert_eq!(checked.status.success(), shown.is_empty(), "{shown}");
    shown
}
