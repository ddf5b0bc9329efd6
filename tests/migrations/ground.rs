//! Two databases of a backend, a folder of migrations, and the witness.

use bindery::config::DatabaseUrl;
use bindery::migrate::{Migrations, Report};
use bindery::session::{Builder, Databases};
use bindery::{MysqlDriver, PostgresDriver, SqliteDriver};
use bindery_testkit::{MysqlFlavor, TempMysql, TempMysqlDatabase, TempPostgres, TempPostgresDatabase};
use rusqlite::types::Value;
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    MariaDb,
    MySql57,
}

impl Backend {
    pub(crate) fn is_mysql(self) -> bool {
        matches!(self, Backend::MariaDb | Backend::MySql57)
    }
}

/// Runs each of these tests on each backend: `sqlite::up`, `postgres::up`, `mariadb::up`, `mysql_5_7::up`.
macro_rules! on_each_backend {
    ($($test:ident),+ $(,)?) => {
        $crate::ground::on_each_backend! { @each [$($test)+] sqlite Sqlite, postgres Postgres, mariadb MariaDb, mysql_5_7 MySql57 }
    };
    (@each $tests:tt $($module:ident $backend:ident),+) => {
        $($crate::ground::on_each_backend! { @one $tests $module $backend })+
    };
    (@one [$($test:ident)+] $module:ident $backend:ident) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() -> bindery::Result<()> {
                super::$test($crate::ground::Backend::$backend).await
            })+
        }
    };
}
pub(crate) use on_each_backend;

/// Where definitions take no part in transactions.
macro_rules! on_each_mysql {
    ($($test:ident),+ $(,)?) => {
        $crate::ground::on_each_backend! { @each [$($test)+] mariadb MariaDb, mysql_5_7 MySql57 }
    };
}
pub(crate) use on_each_mysql;

/// One database, for the witness.
pub(crate) enum Place {
    File(std::path::PathBuf),
    Postgres(TempPostgresDatabase),
    Mysql(TempMysqlDatabase),
}

pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) backend: Backend,
    places: Vec<(&'static str, Place)>,
}

/// The binds of every ground.
pub(crate) const BINDS: [&str; 2] = ["default", "auth"];

impl Ground {
    pub(crate) fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = BINDS.map(|bind| (bind, Place::new(backend, &folder, bind))).into();
        Ground { folder, backend, places }
    }

    pub(crate) fn builder(&self) -> Builder {
        let builder = Databases::builder().driver(SqliteDriver).driver(PostgresDriver).driver(MysqlDriver).without_registered();
        self.places.iter().fold(builder, |builder, (bind, place)| builder.bind(bind, place.url()))
    }

    /// Each time another pool, as of another process.
    pub(crate) async fn databases(&self) -> Databases {
        self.builder().connect().await.unwrap()
    }

    pub(crate) async fn migrations(&self) -> Migrations {
        self.databases().await.migrations().directory(self.folder.path().join("migrations"))
    }

    /// Writes a migration's files.
    pub(crate) fn write(&self, bind: &str, name: &str, up: &str, down: Option<&str>) {
        let folder = self.folder.path().join("migrations").join(bind).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("up.sql"), up).unwrap();
        if let Some(down) = down {
            std::fs::write(folder.join("down.sql"), down).unwrap();
        }
    }

    pub(crate) fn up_sql(&self, bind: &str, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("migrations").join(bind).join(name).join("up.sql")).unwrap()
    }

    pub(crate) fn remove(&self, bind: &str, name: &str) {
        std::fs::remove_dir_all(self.folder.path().join("migrations").join(bind).join(name)).unwrap();
    }

    pub(crate) fn place(&self, bind: &str) -> &Place {
        self.places.iter().find(|(key, _)| *key == bind).map(|(_, place)| place).unwrap()
    }

    /// The rows of hand-written SQL.
    pub(crate) fn by_hand(&self, bind: &str, sql: &str) -> Vec<Vec<String>> {
        self.place(bind).by_hand(sql)
    }

    pub(crate) fn has_history(&self, bind: &str) -> bool {
        self.all_tables(bind).iter().any(|table| table == "bindery_migrations")
    }

    fn all_tables(&self, bind: &str) -> Vec<String> {
        self.by_hand(bind, self.place(bind).list_tables()).concat()
    }

    /// The names of the tables, without the history's.
    pub(crate) fn tables(&self, bind: &str) -> Vec<String> {
        let mut tables = self.all_tables(bind);
        tables.retain(|table| table != "bindery_migrations");
        tables
    }

    /// `version state statements_done` of each migration in the history.
    pub(crate) fn history(&self, bind: &str) -> Vec<String> {
        let rows = self.by_hand(bind, "SELECT version, state, statements_done FROM bindery_migrations ORDER BY 1");
        rows.into_iter().map(|row| row.join(" ")).collect()
    }
}

impl Place {
    fn new(backend: Backend, folder: &TempDir, bind: &str) -> Self {
        match backend {
            Backend::Sqlite => Place::File(folder.path().join(format!("{bind}.db"))),
            Backend::Postgres => Place::Postgres(TempPostgres::shared().unwrap().database().unwrap()),
            Backend::MariaDb => Place::Mysql(TempMysql::shared(MysqlFlavor::MariaDb).unwrap().database().unwrap()),
            Backend::MySql57 => Place::Mysql(TempMysql::shared(MysqlFlavor::MySql).unwrap().database().unwrap()),
        }
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        match self {
            Place::File(path) => format!("sqlite:///{}", path.display()).parse().unwrap(),
            Place::Postgres(database) => database.url(),
            Place::Mysql(database) => database.url(),
        }
    }

    fn list_tables(&self) -> &'static str {
        match self {
            Place::File(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
            Place::Postgres(_) => {
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1"
            }
            Place::Mysql(_) => "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1",
        }
    }

    /// Each cell as text. What gives no rows is run too.
    pub(crate) fn by_hand(&self, sql: &str) -> Vec<Vec<String>> {
        match self {
            Place::File(path) => {
                let witness = rusqlite::Connection::open(path).unwrap();
                let mut statement = witness.prepare(sql).unwrap();
                let width = statement.column_count();
                if width == 0 {
                    drop(statement);
                    witness.execute_batch(sql).unwrap();
                    return Vec::new();
                }
                let rows = statement.query_map([], |row| (0..width).map(|column| row.get(column).map(text)).collect()).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Place::Postgres(database) => lines(&database.psql(&format!("\\pset null NULL\n{sql}")).unwrap(), '|'),
            Place::Mysql(database) => lines(&database.sql(sql).unwrap(), '\t'),
        }
    }
}

fn lines(rows: &str, separator: char) -> Vec<Vec<String>> {
    rows.lines().map(|row| row.split(separator).map(str::to_owned).collect()).collect()
}

fn text(value: Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => value.to_string(),
        Value::Text(value) => value,
        Value::Blob(_) => panic!("there are no bytes here"),
    }
}

/// `up 20261129120305` for each step on a bind.
pub(crate) fn steps(report: &Report, bind: &str) -> Vec<String> {
    let bind = report.binds.iter().find(|report| report.bind.as_str() == bind).unwrap();
    bind.steps.iter().map(|step| format!("{} {}", step.direction, step.version)).collect()
}

/// How often something that depends on luck is tried: as often as this, unless `BINDERY_ROUNDS` asks for another number.
pub(crate) fn rounds(usual: usize) -> usize {
    std::env::var("BINDERY_ROUNDS").map_or(usual, |rounds| rounds.parse().unwrap())
}
