//! What is said of a file, compared with what rusqlite has made there.

use std::path::Path;
use std::time::{Duration, Instant};

use bindery_core::definition::{DatabaseDefinition, Generation, IndexPart, OtherDefinition, ReferentialAction, TableDefinition};
use bindery_core::engine::{Effect, Engine, Fate};
use bindery_core::value::SqlType;
use bindery_core::{ErrorKind, Result};
use rusqlite::functions::FunctionFlags;

use super::{execute, execute_on, file, open, query_on, witness};
use crate::Sqlite;
use crate::config::{Access, Execution, Location, SqliteConfig};

async fn reflect_by(engine: &Sqlite) -> Result<DatabaseDefinition> {
    let mut connection = engine.acquire(Effect::Read).await?;
    let definition = engine.catalog().unwrap().reflect(&mut *connection).await;
    connection.release(Fate::Clean);
    definition
}

async fn reflect(folder: &Path) -> DatabaseDefinition {
    let engine = open(file(folder));
    let definition = reflect_by(&engine).await.unwrap();
    engine.close().await;
    definition
}

/// Another program, which has collations and functions of its own.
fn maker(folder: &Path) -> rusqlite::Connection {
    let sqlite = witness(folder);
    for collation in ["decimal", "de_DE.utf8"] {
        sqlite.create_collation(collation, str::cmp).unwrap();
    }
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    sqlite.create_scalar_function("its_own", 1, flags, |context| context.get::<i64>(0)).unwrap();
    sqlite
}

/// What is there once rusqlite has run this.
async fn made_by(sql: &str) -> DatabaseDefinition {
    let folder = tempfile::tempdir().unwrap();
    maker(folder.path()).execute_batch(sql).unwrap();
    reflect(folder.path()).await
}

async fn table_made_by(sql: &str) -> TableDefinition {
    made_by(sql).await.tables.remove(0)
}

const LIBRARY: &str = r#"
    CREATE TABLE author (
        id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT,
        name VARCHAR(120) NOT NULL COLLATE NOCASE CONSTRAINT uq_author_name UNIQUE ON CONFLICT IGNORE,
        born DATE_TEXT, -- the day, if it is known
        mentor INTEGER CONSTRAINT fk_author_mentor REFERENCES author ON DELETE SET NULL ON UPDATE CASCADE,
        fee DECIMAL_TEXT COLLATE decimal NOT NULL DEFAULT ('0.00'),
        at TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        active BOOLEAN NOT NULL DEFAULT (1) CONSTRAINT ck_author_active CHECK (active IN (0, 1)),
        note, -- of no type
        CONSTRAINT ck_author_fee CHECK ((fee >= '0' AND name <> ')')),
        CHECK (born > '1000-01-01')
    );
    CREATE TABLE "odd ""table""" (
        `key part 2` TEXT,
        [key part 1] INTEGER,
        "select" UUID_TEXT CHECK ("select" <> '('),
        total REAL GENERATED ALWAYS AS ("key part 1" * (2.5 + 1)) STORED,
        label TEXT AS ('#' || "key part 2"),
        PRIMARY KEY ("key part 1" DESC, "key part 2") ON CONFLICT REPLACE,
        UNIQUE ("select", label COLLATE nocase)
    ) WITHOUT ROWID;
    CREATE TABLE part (
        first INT,
        second TEXT,
        doc JSON_TEXT DEFAULT '{"a": [1, 2]}',
        FOREIGN KEY (first, SECOND) REFERENCES "odd ""table"""
            DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT fk_part_named FOREIGN KEY (second) REFERENCES AUTHOR (NAME) ON DELETE RESTRICT
    ) STRICT;
"#;

#[tokio::test]
async fn a_table_with_everything() {
    // JSON_TEXT is no type of a STRICT table.
    let database = made_by(&LIBRARY.replace("doc JSON_TEXT", "doc TEXT")).await;
    let names: Vec<_> = database.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["author", "odd \"table\"", "part"]); // and no sqlite_sequence

    let author = database.table("author").unwrap();
    let columns: Vec<_> = author
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.type_name.as_str(), c.sql_type, c.collation.as_deref(), c.nullable, c.default.as_deref()))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "INTEGER", Some(SqlType::I64), None, true, None),
            ("name", "VARCHAR(120)", Some(SqlType::Text), Some("NOCASE"), false, None),
            ("born", "DATE_TEXT", Some(SqlType::Date), None, true, None),
            ("mentor", "INTEGER", Some(SqlType::I64), None, true, None),
            ("fee", "DECIMAL_TEXT", Some(SqlType::Decimal), Some("decimal"), false, Some("'0.00'")),
            ("at", "TIMESTAMP_TEXT", Some(SqlType::Timestamp), None, false, Some("CURRENT_TIMESTAMP")),
            ("active", "BOOLEAN", Some(SqlType::Bool), None, false, Some("1")),
            ("note", "", None, None, true, None),
        ]
    );
    assert_eq!(author.columns[0].generation, Some(Generation::Identity));
    assert!(author.columns[1..].iter().all(|column| column.generation.is_none()));
    let key = author.primary_key.as_ref().unwrap();
    assert_eq!((key.name.as_str(), &*key.columns, &key.columns_sql, &key.options), ("pk_author", &["id".to_owned()][..], &None, &None));
    let [unique] = &author.uniques[..] else { panic!("{:?}", author.uniques) };
    assert_eq!(
        (unique.name.as_str(), &*unique.columns, unique.options.as_deref()),
        ("uq_author_name", &["name".to_owned()][..], Some("ON CONFLICT IGNORE"))
    );
    assert_eq!(unique.columns_sql, None);
    let [mentor] = &author.foreign_keys[..] else { panic!("{:?}", author.foreign_keys) };
    assert_eq!((mentor.name.as_str(), &*mentor.columns, mentor.table.as_str()), ("fk_author_mentor", &["mentor".to_owned()][..], "author"));
    assert_eq!(
        (&*mentor.referred, mentor.on_delete, mentor.on_update),
        (&["id".to_owned()][..], ReferentialAction::SetNull, ReferentialAction::Cascade)
    );
    let checks: Vec<_> = author.checks.iter().map(|check| (check.name.as_str(), check.sql.as_str())).collect();
    assert_eq!(
        checks,
        [("", "born > '1000-01-01'"), ("ck_author_active", "active IN (0, 1)"), ("ck_author_fee", "fee >= '0' AND name <> ')'")]
    );
    assert_eq!((&author.options, author.indexes.len()), (&None, 0));
}

#[tokio::test]
async fn odd_names_composite_keys_and_computed_columns() {
    let database = made_by(&LIBRARY.replace("doc JSON_TEXT", "doc TEXT")).await;
    let odd = database.table("odd \"table\"").unwrap();
    let names: Vec<_> = odd.columns.iter().map(|column| (column.name.as_str(), column.type_name.as_str(), column.nullable)).collect();
    // SQLite says itself that a key without rowids has no NULL.
    assert_eq!(
        names,
        [
            ("key part 2", "TEXT", false),
            ("key part 1", "INTEGER", false),
            ("select", "UUID_TEXT", true),
            ("total", "REAL", true),
            ("label", "TEXT", true)
        ]
    );
    let computed = |sql: &str, stored| Some(Generation::Computed { sql: sql.to_owned(), stored });
    assert_eq!(odd.columns[3].generation, computed("\"key part 1\" * (2.5 + 1)", true));
    assert_eq!(odd.columns[4].generation, computed("'#' || \"key part 2\"", false));
    assert_eq!(odd.options.as_deref(), Some("WITHOUT ROWID"));
    let key = odd.primary_key.as_ref().unwrap();
    assert_eq!((key.name.as_str(), &*key.columns), ("", &["key part 1".to_owned(), "key part 2".to_owned()][..]));
    assert_eq!(
        (key.columns_sql.as_deref(), key.options.as_deref()),
        (Some("\"key part 1\" DESC, \"key part 2\""), Some("ON CONFLICT REPLACE"))
    );
    let [unique] = &odd.uniques[..] else { panic!("{:?}", odd.uniques) };
    assert_eq!((unique.name.as_str(), &*unique.columns), ("", &["select".to_owned(), "label".to_owned()][..]));
    assert_eq!(unique.columns_sql.as_deref(), Some("\"select\", \"label\" COLLATE nocase"));
    assert_eq!(odd.checks[0].sql, "\"select\" <> '('");

    let part = database.table("part").unwrap();
    assert_eq!((part.options.as_deref(), part.primary_key.as_ref()), (Some("STRICT"), None));
    assert_eq!(part.column("doc").unwrap().default.as_deref(), Some("'{\"a\": [1, 2]}'"));
    let [composite, named] = &part.foreign_keys[..] else { panic!("{:?}", part.foreign_keys) };
    // A key that names no columns refers to the primary key; names are those of the referred table.
    assert_eq!((composite.name.as_str(), composite.table.as_str()), ("", "odd \"table\""));
    assert_eq!(
        (&*composite.columns, &*composite.referred),
        (&["first".to_owned(), "second".to_owned()][..], &["key part 1".to_owned(), "key part 2".to_owned()][..])
    );
    assert_eq!(composite.options.as_deref(), Some("DEFERRABLE INITIALLY DEFERRED"));
    assert_eq!((named.name.as_str(), named.table.as_str(), &*named.referred), ("fk_part_named", "author", &["name".to_owned()][..]));
    assert_eq!((named.on_delete, &named.options), (ReferentialAction::Restrict, &None));
}

#[tokio::test]
async fn indexes() {
    let table = table_made_by(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE nocase, b INT, deleted, UNIQUE (b));
         CREATE INDEX plain ON t (a, b);
         CREATE UNIQUE INDEX \"partial one\" ON t (a COLLATE binary, b DESC) WHERE (deleted IS NULL AND a <> 'WHERE');
         CREATE INDEX expression ON t (lower(a) || ')' /* why */ DESC, (b + 1), id ASC, a COLLATE rtrim);
         CREATE INDEX same ON t (a COLLATE NOCASE);",
    )
    .await;
    let index = |name: &str| table.indexes.iter().find(|index| index.name == name).unwrap();
    let with = |name: &str, behind: &str| IndexPart::ColumnWith(name.to_owned(), behind.to_owned());
    let expression = |sql: &str| IndexPart::Expression(sql.to_owned());
    let column = |name: &str| IndexPart::Column(name.to_owned());
    assert_eq!(table.indexes.len(), 4);
    assert_eq!((&index("plain").parts, index("plain").unique, &index("plain").filter), (&vec![column("a"), column("b")], false, &None));
    let partial = index("partial one");
    assert_eq!((&partial.parts, partial.unique), (&vec![with("a", "COLLATE binary"), with("b", "DESC")], true));
    assert_eq!(partial.filter.as_deref(), Some("deleted IS NULL AND a <> 'WHERE'"));
    let parts = vec![expression("lower(a) || ')' DESC"), expression("b + 1"), column("id"), with("a", "COLLATE rtrim")];
    assert_eq!(index("expression").parts, parts);
    assert_eq!(index("same").parts, [column("a")]);
    assert_eq!(table.uniques[0].columns, ["b"]);
}

#[tokio::test]
async fn what_another_program_has_of_its_own() {
    let database = made_by(
        "CREATE TABLE t (a TEXT COLLATE \"de_DE.utf8\", b INT CHECK (its_own(b) > 0), c INT AS (its_own(b)),
            UNIQUE (b COLLATE \"de_DE.utf8\"));
         CREATE INDEX i ON t (a, its_own(b), a COLLATE binary, b COLLATE \"de_DE.utf8\" DESC) WHERE its_own(b) > 1;
         CREATE VIEW v AS SELECT a, its_own(b) FROM t;",
    )
    .await;
    let table = &database.tables[0];
    assert_eq!(table.columns[0].collation.as_deref(), Some("de_DE.utf8"));
    assert_eq!((table.checks[0].sql.as_str(), table.indexes[0].filter.as_deref()), ("its_own(b) > 0", Some("its_own(b) > 1")));
    assert_eq!(table.uniques[0].columns_sql.as_deref(), Some("\"b\" COLLATE \"de_DE.utf8\""));
    let with = |name: &str, behind: &str| IndexPart::ColumnWith(name.to_owned(), behind.to_owned());
    assert_eq!(
        table.indexes[0].parts,
        [
            IndexPart::Column("a".to_owned()),
            IndexPart::Expression("its_own(b)".to_owned()),
            with("a", "COLLATE binary"),
            with("b", "COLLATE \"de_DE.utf8\" DESC")
        ]
    );
    assert_eq!(database.views[0].sql, "SELECT a, its_own(b) FROM t");
}

#[tokio::test]
async fn two_tables_that_refer_to_each_other() {
    let database = made_by(
        "CREATE TABLE staff (
             id INTEGER PRIMARY KEY,
             store INT NOT NULL CONSTRAINT fk_staff_store REFERENCES store (id) NULL DEFERRABLE INITIALLY DEFERRED);
         CREATE TABLE store (
             id INTEGER PRIMARY KEY,
             manager INT REFERENCES staff NOT NULL,
             deputy INT CONSTRAINT fk_deputy REFERENCES staff,
             gone INT REFERENCES nowhere);",
    )
    .await;
    let keys = |table: &str| {
        let keys = database.table(table).unwrap().foreign_keys.iter();
        keys.map(|key| (key.name.clone(), key.columns.join(","), key.table.clone(), key.referred.join(","), key.options.clone()))
            .collect::<Vec<_>>()
    };
    let key = |name: &str, column: &str, table: &str, referred: &str, options: Option<&str>| {
        (name.to_owned(), column.to_owned(), table.to_owned(), referred.to_owned(), options.map(str::to_owned))
    };
    assert_eq!(keys("staff"), [key("fk_staff_store", "store", "store", "id", Some("DEFERRABLE INITIALLY DEFERRED"))]);
    // A table that is not there has no primary key to refer to.
    assert_eq!(
        keys("store"),
        [key("", "gone", "nowhere", "", None), key("", "manager", "staff", "id", None), key("fk_deputy", "deputy", "staff", "id", None)]
    );
}

#[tokio::test]
async fn views_and_triggers() {
    let trigger =
        "CREATE TRIGGER Films_Added AFTER INSERT ON FILMS BEGIN SELECT 'END; '; UPDATE films SET title = '' WHERE id = new.id; END";
    let database = made_by(&format!(
        "CREATE TABLE films (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL);
         CREATE TABLE gone (a);
         CREATE VIEW titles (number, \"AS\") AS
           SELECT id, title FROM films -- all of them
         ;
         CREATE VIEW broken AS SELECT a FROM gone;
         {trigger};
         CREATE TRIGGER on_view INSTEAD OF DELETE ON titles BEGIN DELETE FROM films WHERE id = old.number; END;
         PRAGMA legacy_alter_table = on; DROP TABLE gone;",
    ))
    .await;
    let titles = database.view("titles").unwrap();
    assert_eq!((titles.sql.as_str(), titles.materialized), ("SELECT id, title FROM films", false));
    let columns: Vec<_> = titles.columns.iter().map(|column| (column.name.as_str(), column.type_name.as_str(), column.sql_type)).collect();
    assert_eq!(columns, [("number", "INTEGER", Some(SqlType::I64)), ("AS", "VARCHAR(20)", Some(SqlType::Text))]);
    // What a view read from may be gone: nothing else fails for it.
    let broken = database.view("broken").unwrap();
    assert_eq!((broken.sql.as_str(), broken.columns.len()), ("SELECT a FROM gone", 0));

    let triggers: Vec<_> = database.others.iter().map(|other| (other.kind.as_str(), other.name.as_str(), other.table.as_deref())).collect();
    assert_eq!(triggers, [("trigger", "Films_Added", Some("films")), ("trigger", "on_view", Some("titles"))]);
    assert_eq!(database.others[0].sql, trigger);
}

#[tokio::test]
async fn virtual_tables_are_others_with_the_tables_that_they_keep() {
    let sql = "CREATE VIRTUAL TABLE notes USING fts5(title, body, tokenize = 'porter')";
    let database = made_by(&format!("{sql}; CREATE TABLE notes_mine (a); CREATE VIRTUAL TABLE notes_data2 USING fts5(x)")).await;
    assert_eq!(database.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["notes_mine"]);
    let other = |name: &str| database.others.iter().find(|other| other.name == name).unwrap();
    assert_eq!(other("notes"), &OtherDefinition::new("virtual table", "notes", sql));
    assert_eq!((other("notes_data").kind.as_str(), other("notes_data").table.as_deref()), ("virtual table", Some("notes")));
    assert_eq!(other("notes_data2_config").table.as_deref(), Some("notes_data2"));
    assert!(database.others.iter().all(|other| other.kind == "virtual table"));
}

#[tokio::test]
async fn what_alter_table_leaves() {
    let made = "CREATE TABLE old (a INT CONSTRAINT ca CHECK (a > 0), b TEXT DEFAULT x, c, CONSTRAINT u UNIQUE (a, b)) -- what it is for
        ;
         CREATE TABLE child (p INT CONSTRAINT fk REFERENCES old (a)); CREATE INDEX i ON old (lower(b)) WHERE b <> '';
         ALTER TABLE old RENAME TO \"new one\";
         ALTER TABLE \"new one\" ADD COLUMN d INT NOT NULL DEFAULT - 1 CONSTRAINT cd CHECK (d < 5);
         ALTER TABLE \"new one\" RENAME COLUMN b TO \"b 2\";
         ALTER TABLE \"new one\" DROP COLUMN c;";
    let database = made_by(made).await;
    let table = database.table("new one").unwrap();
    let columns: Vec<_> = table.columns.iter().map(|column| (column.name.as_str(), column.default.as_deref())).collect();
    assert_eq!(columns, [("a", None), ("b 2", Some("'x'")), ("d", Some("-1"))]);
    assert_eq!((table.uniques[0].name.as_str(), &*table.uniques[0].columns), ("u", &["a".to_owned(), "b 2".to_owned()][..]));
    let checks: Vec<_> = table.checks.iter().map(|check| (check.name.as_str(), check.sql.as_str())).collect();
    assert_eq!(checks, [("ca", "a > 0"), ("cd", "d < 5")]);
    assert_eq!(table.indexes[0].parts, [IndexPart::Expression("lower(\"b 2\")".to_owned())]);
    assert_eq!(table.indexes[0].filter.as_deref(), Some("\"b 2\" <> ''"));
    let key = &database.table("child").unwrap().foreign_keys[0];
    assert_eq!((key.name.as_str(), key.table.as_str(), &*key.referred), ("fk", "new one", &["a".to_owned()][..]));
}

#[tokio::test]
async fn defaults_that_mean_the_same_are_the_same() {
    for (one, other) in
        [("DEFAULT 0", "DEFAULT (0)"), ("DEFAULT abc", "DEFAULT ('abc')"), ("DEFAULT NULL", ""), ("DEFAULT -1", "DEFAULT (-1)")]
    {
        let table = async |default| table_made_by(&format!("CREATE TABLE t (a {default} NOT NULL)")).await;
        assert_eq!(table(one).await, table(other).await, "{one}");
    }
}

/// All kinds of texts that SQLite takes.
const TEXTS: [&str; 18] = [
    "CREATE TABLE t (a)",
    "CREATE TEMPORARY TABLE IF NOT EXISTS t (a)",
    "CREATE TABLE t AS SELECT 1 AS one, 'x' AS \"two words\"",
    "CREATE TABLE t(a'b'PRIMARY KEY)",
    "CREATE TABLE 't' ('a' 'INTEGER' NOT NULL, PRIMARY KEY('a'))",
    "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, b UNIQUE, UNIQUE (b), CONSTRAINT named UNIQUE (b))",
    "CREATE TABLE t (a, b, PRIMARY KEY (a, b), UNIQUE (a, b))",
    "CREATE TABLE t (a UNSIGNED BIG INT (1, -2) DEFAULT +5 CONSTRAINT x, \"\" TEXT)",
    "CREATE TABLE t (a TEXT DEFAULT '' NOT NULL ON CONFLICT IGNORE CHECK (a LIKE '%(%' ESCAPE '\\') COLLATE rtrim)",
    "CREATE TABLE t (a DEFAULT (CASE WHEN 1 THEN ')' ELSE '(' END), b DEFAULT x'00ff', c DEFAULT 1e-5, d DEFAULT true)",
    "CREATE TABLE t (a REFERENCES t (a) MATCH FULL ON INSERT CASCADE ON DELETE SET DEFAULT, CHECK (1) CHECK (2), FOREIGN KEY (a) REFERENCES u)",
    "CREATE TABLE t (generated INT, always GENERATED ALWAYS AS (generated + 1) VIRTUAL, stored AS (1) STORED)",
    "CREATE TABLE t (a INT, b ANY, PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID",
    "CREATE TABLE \"CREATE TABLE t (a)\" (\"a, b\" INT, [c)] INT, `d(` INT, \"e\"\"\" INT, UNIQUE (\"a, b\", [c)], `d(`, \"e\"\"\"))",
    "CREATE TABLE größe (größe INTEGER PRIMARY KEY AUTOINCREMENT, 数 TEXT CHECK (数 <> '数'))",
    "CREATE TABLE t (a /* , b */ INT -- , c\n , d INT /* the end )",
    "CREATE TABLE t (a INT CONSTRAINT \"check\" CHECK (a IN (1, 2)) CONSTRAINT n NOT NULL CONSTRAINT d DEFAULT 1 CONSTRAINT r REFERENCES t)",
    "CREATE TABLE t (key INT, abort TEXT, action, \"primary\" INT, UNIQUE (key) ON CONFLICT ROLLBACK)",
];

#[tokio::test]
async fn whatever_sqlite_takes_is_reflected_and_twice_the_same() {
    for (number, text) in TEXTS.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        // The comment that is open at its end is closed by the end of the text.
        let text = if text.ends_with("the end )") { format!("{text} */)") } else { text.to_owned() };
        witness(folder.path()).execute_batch(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let (once, again) = (reflect(folder.path()).await, reflect(folder.path()).await);
        assert_eq!(once, again, "{text}");
        // The second is gone with its connection.
        assert_eq!(once.tables.len(), usize::from(number != 1), "{text}");
        let Some(table) = once.tables.first() else { continue };
        let sqlite = witness(folder.path());
        let mut columns = sqlite.prepare("SELECT name FROM pragma_table_xinfo(?)").unwrap();
        let columns: Vec<String> = columns.query_map([&table.name], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>(), columns, "{text}");
    }
}

#[tokio::test]
async fn of_uniques_that_say_the_same_the_name_is_kept() {
    let table = table_made_by(TEXTS[5]).await;
    let [unique] = &table.uniques[..] else { panic!("{:?}", table.uniques) };
    assert_eq!((unique.name.as_str(), &*unique.columns), ("named", &["b".to_owned()][..]));
}

#[tokio::test]
async fn many_tables_on_each_way_of_execution() {
    let folder = tempfile::tempdir().unwrap();
    let sql: String = (0..500)
        .map(|n| format!("CREATE TABLE t{n} (id INTEGER PRIMARY KEY, a UNIQUE, b REFERENCES t{n} (a)); CREATE INDEX i{n} ON t{n} (b);"))
        .collect();
    witness(folder.path()).execute_batch(&format!("BEGIN; {sql} COMMIT")).unwrap();
    let mut found = Vec::new();
    for execution in [Execution::Auto, Execution::Inline, Execution::Blocking] {
        let engine = open(SqliteConfig { execution, ..file(folder.path()) });
        found.push(reflect_by(&engine).await.unwrap());
        engine.close().await;
    }
    assert_eq!(found[0].tables.len(), 500);
    assert!(
        found[0]
            .tables
            .iter()
            .all(|table| (table.columns.len(), table.uniques.len(), table.indexes.len(), table.foreign_keys.len()) == (3, 1, 1, 1))
    );
    assert!(found[0] == found[1] && found[1] == found[2]);
}

#[tokio::test]
async fn a_scratch_database_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    maker(folder.path()).execute_batch(LIBRARY.split_once("CREATE TABLE part").unwrap().0).unwrap();
    let path = folder.path().join("test.db");
    // Also where nothing can be written.
    let read_only = SqliteConfig::at(Location::File { path, parameters: Vec::new(), access: Access::ReadOnly });
    for config in [file(folder.path()), read_only] {
        let engine = open(config);
        let catalog = engine.catalog().unwrap();
        let mut connection = engine.acquire(Effect::Read).await.unwrap();
        let scratch = catalog.create_scratch(&mut *connection).await.unwrap();
        let other = catalog.create_scratch(&mut *connection).await.unwrap();
        let mut writer = scratch.acquire(Effect::Write).await.unwrap();
        assert!(scratch.catalog().unwrap().reflect(&mut *writer).await.unwrap().tables.is_empty());
        execute_on(&mut *writer, "CREATE TABLE tried (a DECIMAL_TEXT COLLATE decimal PRIMARY KEY)", &[]).await.unwrap();
        assert_eq!(scratch.catalog().unwrap().reflect(&mut *writer).await.unwrap().tables[0].name, "tried");
        writer.release(Fate::Clean);
        let mut reader = other.acquire(Effect::Read).await.unwrap();
        assert!(other.catalog().unwrap().reflect(&mut *reader).await.unwrap().tables.is_empty());
        reader.release(Fate::Clean);
        catalog.drop_scratch(&mut *connection, scratch.clone()).await.unwrap();
        catalog.drop_scratch(&mut *connection, other).await.unwrap();
        assert!(scratch.acquire(Effect::Read).await.is_err());
        let names: Vec<_> = catalog.reflect(&mut *connection).await.unwrap().tables.into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["author", "odd \"table\""]);
        connection.release(Fate::Clean);
    }
}

#[tokio::test]
async fn the_time_to_wait_for_a_lock_is_the_connections_until_it_goes_back() {
    for execution in [Execution::Auto, Execution::Inline] {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(SqliteConfig { execution, busy_timeout: Duration::from_secs(60), ..file(folder.path()) });
        execute(&engine, "CREATE TABLE t (a)", &[]).await.unwrap();
        let locker = witness(folder.path());
        locker.execute_batch("BEGIN IMMEDIATE").unwrap();

        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let catalog = engine.catalog().unwrap();
        // The same again, between others: what SQLite has prepared before is set again too.
        for milliseconds in [100, 300, 100] {
            let patience = Duration::from_millis(milliseconds);
            catalog.set_timeouts(&mut *connection, Some(patience), None).await.unwrap();
            catalog.set_timeouts(&mut *connection, None, Some(patience)).await.unwrap();
            let started = Instant::now();
            let error = execute_on(&mut *connection, "INSERT INTO t VALUES (1)", &[]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Locked);
            assert!((patience..patience + Duration::from_millis(150)).contains(&started.elapsed()), "{:?}", started.elapsed());
        }
        // SQLite itself does not wait.
        let busy_timeout = query_on(&mut *connection, "PRAGMA busy_timeout", &[], Effect::Read).await.unwrap();
        assert_eq!(busy_timeout, [[bindery_core::value::Value::I64(0)]]);
        connection.release(Fate::Lent);

        // The next one has the bind's own again, and waits until the lock is free.
        let unlocking = tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(600));
            locker.execute_batch("COMMIT").unwrap();
        });
        execute(&engine, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        unlocking.await.unwrap();
        engine.close().await;
    }
}
