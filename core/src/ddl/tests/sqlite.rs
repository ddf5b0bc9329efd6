//! The scripts of SQLite, run for real: rows stay, and what comes of a change is what is created as it is to be.

use rusqlite::Connection;

use super::*;
use crate::ddl::{Ordered, create};
use crate::definition::{Generation, OtherDefinition, ReferentialAction};

const SQLITE: Dialect = Dialect::sqlite();

/// Users with bosses among them, and posts of theirs with triggers and comments.
fn blog() -> DatabaseDefinition {
    let identity = || ColumnDefinition { generation: Some(Generation::Identity), ..column("id", "INTEGER") };
    let score = ColumnDefinition { default: Some("0".to_owned()), ..column("score", "INTEGER") };
    let mut users =
        table("users", [identity(), column("email", "VARCHAR(120)"), nullable("name", "TEXT"), score, nullable("boss", "INTEGER")]);
    users.uniques.push(KeyDefinition::new("uq_users_email", ["email"]));
    users.indexes.push(index("ix_users_name", "name"));
    users.checks.push(CheckDefinition::new("ck_users_score", "score >= 0"));
    users.foreign_keys.push(ForeignKeyDefinition::new("fk_users_boss", ["boss"], "users", ["id"]));
    let mut posts = table("posts", [column("id", "INTEGER"), column("author", "INTEGER"), nullable("title", "TEXT")]);
    let mut author = ForeignKeyDefinition::new("", ["author"], "users", ["id"]);
    author.on_delete = ReferentialAction::Cascade;
    posts.foreign_keys.push(author);
    let mut blog = database([posts, users]);
    let trigger = "CREATE TRIGGER counts AFTER INSERT ON posts BEGIN UPDATE users SET score = score + 1 WHERE id = NEW.author; END";
    let mut counts = OtherDefinition::new("trigger", "counts", trigger);
    counts.table = Some("posts".to_owned());
    let trigger = "CREATE TRIGGER names AFTER UPDATE OF name ON users BEGIN UPDATE posts SET title = NEW.name WHERE author = NEW.id; END";
    let mut names = OtherDefinition::new("trigger", "names", trigger);
    names.table = Some("users".to_owned());
    blog.others.extend([counts, names]);
    blog
}

const ROWS: &str = "
    INSERT INTO users (id, email, name, boss) VALUES (1, 'ada', 'Ada', NULL), (2, 'bob', NULL, 1), (9, 'gone', 'Gone', 1);
    DELETE FROM users WHERE id = 9;
    INSERT INTO posts (id, author, title) VALUES (10, 1, 'one'), (11, 2, NULL), (12, 1, 'two');
    CREATE VIEW titles AS SELECT title, email FROM posts JOIN users ON author = users.id;";

fn open(definition: &DatabaseDefinition) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    for sql in create(&SQLITE, definition).iter().chain(definition.others.iter().map(|other| &other.sql)) {
        connection.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }
    connection
}

fn run(connection: &Connection, script: &Script) {
    let pragmas = |on: bool| {
        if script.needs_foreign_keys_off {
            connection.pragma_update(None, "foreign_keys", !on).unwrap();
            connection.pragma_update(None, "legacy_alter_table", on).unwrap();
        }
    };
    pragmas(true);
    connection.execute_batch("BEGIN").unwrap();
    for sql in &script.statements {
        connection.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}\n{:#?}", script.statements));
    }
    assert_eq!(lines(connection, "SELECT * FROM pragma_foreign_key_check"), "");
    connection.execute_batch("COMMIT").unwrap();
    pragmas(false);
    assert_eq!(lines(connection, "SELECT * FROM pragma_integrity_check"), "ok");
}

fn lines(connection: &Connection, sql: &str) -> String {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let count = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let cell = |at| match row.get_ref(at).unwrap() {
            rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            rusqlite::types::ValueRef::Null => "NULL".to_owned(),
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            other => format!("{other:?}"),
        };
        lines.push((0..count).map(cell).collect::<Vec<_>>().join("|"));
    }
    lines.join("\n")
}

/// All that SQLite itself says of its tables, but for the order of columns, and views.
fn shape(connection: &Connection) -> String {
    let tables = lines(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
    let mut shape = String::new();
    for table in tables.lines() {
        let columns = format!("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo('{table}') ORDER BY name");
        let indexes = format!(
            "SELECT l.origin, l.\"unique\", l.partial, iif(l.origin = 'c', l.name, ''), i.seqno, i.name, i.desc, i.coll \
             FROM pragma_index_list('{table}') l JOIN pragma_index_xinfo(l.name) i WHERE i.key ORDER BY l.origin, i.name, i.seqno"
        );
        let keys =
            format!("SELECT \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list('{table}') ORDER BY 1, 2, 3");
        let sql = lines(connection, &format!("SELECT sql FROM sqlite_schema WHERE name = '{table}'"));
        let said = ["AUTOINCREMENT", "STRICT", "CHECK (score >= 0)", "CHECK (score > 1)", "CHECK (length(email) > 0)", "\"fk_users_boss\""];
        let said: Vec<_> = said.into_iter().filter(|words| sql.contains(words)).collect();
        shape += &format!("{table}: {}\n", said.join(", "));
        for part in [columns, indexes, keys] {
            shape += &format!("{}\n", lines(connection, &part));
        }
    }
    shape + &lines(connection, "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
}

/// Makes a change of the blog with rows in it, and compares with a blog that is created so.
fn changed_blog(renames: &Renames, change: impl FnOnce(&mut DatabaseDefinition)) -> (Connection, Difference, Script) {
    let from = blog();
    let connection = open(&from);
    connection.execute_batch(ROWS).unwrap();
    let (difference, script, to) = changed(&SQLITE, &from, renames, change);
    run(&connection, &script);
    assert_eq!(shape(&connection), shape(&open(&to)), "{:#?}", script.statements);
    (connection, difference, script)
}

fn users(blog: &mut DatabaseDefinition) -> &mut TableDefinition {
    blog.tables.iter_mut().find(|table| table.name == "users").unwrap()
}

fn posts(blog: &mut DatabaseDefinition) -> &mut TableDefinition {
    blog.tables.iter_mut().find(|table| table.name == "posts").unwrap()
}

type Edit = fn(&mut DatabaseDefinition);

#[test]
fn what_sqlite_can_change_is_changed_in_place() {
    let edits: [(&str, Edit); 9] = [
        ("a column with NULL", |blog| users(blog).columns.push(nullable("city", "TEXT"))),
        ("a column with a default", |blog| {
            let default = Some("'it''s'".to_owned());
            users(blog).columns.push(ColumnDefinition { default, ..column("city", "TEXT") });
        }),
        ("a column with a number for a default", |blog| {
            users(blog).columns.push(ColumnDefinition { default: Some("-1.5".to_owned()), ..column("weight", "REAL") });
        }),
        ("a column with a truth for a default", |blog| {
            users(blog).columns.push(ColumnDefinition { default: Some("TRUE".to_owned()), ..column("active", "BOOLEAN") });
        }),
        ("a computed column", |blog| {
            let generation = Some(Generation::Computed { sql: "score * 2".to_owned(), stored: false });
            users(blog).columns.push(ColumnDefinition { generation, ..nullable("double", "INTEGER") });
        }),
        ("a column with its key", |blog| {
            posts(blog).columns.push(nullable("editor", "INTEGER"));
            posts(blog).foreign_keys.push(ForeignKeyDefinition::new("fk_posts_editor", ["editor"], "users", ["id"]));
        }),
        ("an index", |blog| {
            let mut upper = IndexDefinition::new("ix_users_upper", [IndexPart::Expression("upper(name) DESC".to_owned())]);
            upper.filter = Some("score > 0".to_owned());
            users(blog).indexes.push(upper);
        }),
        ("another index", |blog| users(blog).indexes[0] = index("ix_users_name", "boss")),
        ("another table", |blog| {
            let mut tags = table("tags", [column("id", "INTEGER"), column("post", "INTEGER")]);
            tags.foreign_keys.push(ForeignKeyDefinition::new("fk_tags_post", ["post"], "posts", ["id"]));
            tags.indexes.push(index("ix_tags_post", "post"));
            blog.tables.push(tags);
        }),
    ];
    for (what, edit) in edits {
        let (connection, _, script) = changed_blog(&Renames::default(), edit);
        assert!(!script.needs_foreign_keys_off && script.notes.is_empty(), "{what}: {script:?}");
        assert_eq!(lines(&connection, "SELECT id, email, name, boss FROM users ORDER BY id"), "1|ada|Ada|NULL\n2|bob|NULL|1", "{what}");
    }
}

#[test]
fn a_table_is_made_anew_for_the_rest() {
    let edits: [(&str, Edit); 17] = [
        ("no column", |blog| {
            users(blog).columns.retain(|column| column.name != "score");
            users(blog).checks.clear();
        }),
        ("no check", |blog| users(blog).checks.clear()),
        ("another check", |blog| users(blog).checks.push(CheckDefinition::new("", "length(email) > 0"))),
        ("no unique", |blog| users(blog).uniques.clear()),
        ("another unique", |blog| users(blog).uniques.push(KeyDefinition::new("", ["email", "boss"]))),
        ("no foreign key", |blog| users(blog).foreign_keys.clear()),
        ("another foreign key", |blog| {
            posts(blog).foreign_keys[0].on_delete = ReferentialAction::Restrict;
        }),
        ("another type", |blog| users(blog).columns[3].type_name = "TEXT".to_owned()),
        ("another default", |blog| users(blog).columns[3].default = Some("7".to_owned())),
        ("a default that is computed", |blog| {
            users(blog).columns.push(ColumnDefinition { default: Some("CURRENT_TIMESTAMP".to_owned()), ..column("at", "TEXT") });
        }),
        ("NULL", |blog| users(blog).columns[1].nullable = true),
        ("a collation", |blog| users(blog).columns[1].collation = Some("NOCASE".to_owned())),
        ("a stored column", |blog| {
            let generation = Some(Generation::Computed { sql: "score * 2".to_owned(), stored: true });
            users(blog).columns.push(ColumnDefinition { generation, ..nullable("double", "INTEGER") });
        }),
        ("no AUTOINCREMENT", |blog| users(blog).columns[0].generation = None),
        ("AUTOINCREMENT", |blog| posts(blog).columns[0].generation = Some(Generation::Identity)),
        ("another primary key", |blog| posts(blog).primary_key = Some(KeyDefinition::new("", ["author", "id"]))),
        ("options", |blog| posts(blog).options = Some("STRICT".to_owned())),
    ];
    for (what, edit) in edits {
        let (connection, _, script) = changed_blog(&Renames::default(), edit);
        assert!(script.needs_foreign_keys_off, "{what}");
        assert_eq!(script.statements.iter().filter(|sql| sql.starts_with("CREATE TABLE")).count(), 1, "{what}");
        assert_eq!(lines(&connection, "SELECT id, email, name, boss FROM users ORDER BY id"), "1|ada|Ada|NULL\n2|bob|NULL|1", "{what}");
        assert_eq!(lines(&connection, "SELECT * FROM titles ORDER BY 2, 1"), "one|ada\ntwo|ada\nNULL|bob", "{what}");
    }
}

#[test]
fn many_changes_make_one_table_and_everything_goes_on() {
    let (connection, difference, script) = changed_blog(&Renames::default(), |blog| {
        let users = users(blog);
        users.columns[2] = ColumnDefinition { default: Some("'nobody'".to_owned()), ..column("name", "TEXT") };
        users.checks[0].sql = "score > 1".to_owned();
        users.columns[3].default = Some("2".to_owned());
        users.columns.push(nullable("city", "TEXT"));
        users.indexes.push(index("ix_users_city", "city"));
        users.checks.clear();
    });
    assert_eq!(difference.changes.len(), 5, "{difference:?}");
    assert_eq!(script.statements.iter().filter(|sql| sql.starts_with("CREATE TABLE")).count(), 1);
    assert_eq!(script.notes, ["NULL in `users.name` becomes its default 'nobody'"]);
    assert_eq!(lines(&connection, "SELECT id, name, score FROM users"), "1|Ada|2\n2|nobody|1");
    // The number 9 was given once, and the keys and triggers work.
    connection.execute_batch("INSERT INTO users (email, name, boss) VALUES ('eve', 'Eve', 2)").unwrap();
    assert_eq!(lines(&connection, "SELECT id FROM users WHERE email = 'eve'"), "10");
    connection.execute_batch("INSERT INTO users (email, name, boss) VALUES ('x', 'X', 77)").unwrap_err();
    connection.execute_batch("UPDATE users SET name = 'Bobby' WHERE id = 2; INSERT INTO posts (id, author) VALUES (13, 10)").unwrap();
    assert_eq!(lines(&connection, "SELECT title FROM posts WHERE id = 11"), "Bobby");
    assert_eq!(lines(&connection, "SELECT score FROM users WHERE id = 10"), "3");
    connection.execute_batch("DELETE FROM users WHERE id = 10").unwrap();
    assert_eq!(lines(&connection, "SELECT count(*) FROM posts WHERE id = 13"), "0");
    connection.execute_batch("DELETE FROM users WHERE id = 1").unwrap_err();
}

#[test]
fn a_sequence_of_an_empty_table_goes_on_too() {
    let from = blog();
    let connection = open(&from);
    connection.execute_batch("INSERT INTO users (id, email) VALUES (41, 'a'); DELETE FROM users").unwrap();
    let (_, script, _) = changed(&SQLITE, &from, &Renames::default(), |blog| users(blog).checks.clear());
    run(&connection, &script);
    connection.execute_batch("INSERT INTO users (email) VALUES ('b')").unwrap();
    assert_eq!(lines(&connection, "SELECT id FROM users"), "42");
    assert_eq!(lines(&connection, "SELECT name, seq FROM sqlite_sequence"), "users|42");
}

fn people(blog: &mut DatabaseDefinition) {
    let users = users(blog);
    users.name = "people".to_owned();
    users.columns[2].name = "full_name".to_owned();
    users.columns[3].name = "points".to_owned();
    users.indexes[0] = index("ix_users_name", "full_name");
    users.checks[0].sql = "points >= 0".to_owned();
    users.foreign_keys[0].table = "people".to_owned();
    posts(blog).foreign_keys[0].table = "people".to_owned();
    let names =
        "CREATE TRIGGER names AFTER UPDATE OF full_name ON people BEGIN UPDATE posts SET title = NEW.full_name WHERE author = NEW.id; END";
    blog.others[1].sql = names.to_owned();
    blog.others[1].table = Some("people".to_owned());
    blog.others[0].sql = blog.others[0].sql.replace("users", "people").replace("score", "points");
}

fn to_people() -> Renames {
    let mut renames = Renames::default();
    renames.table("users", "people");
    renames.column("people", "name", "full_name");
    renames.column("people", "score", "points");
    renames
}

#[test]
fn a_rename_is_followed_everywhere() {
    let from = blog();
    let connection = open(&from);
    connection.execute_batch(ROWS).unwrap();
    let (difference, script, to) = changed(&SQLITE, &from, &to_people(), people);
    assert_eq!(difference.changes.len(), 3, "{difference:?}");
    run(&connection, &script);
    assert!(!script.needs_foreign_keys_off);
    // SQLite writes the new names with quotes.
    let plain = |connection| shape(connection).replace('"', "");
    assert_eq!(plain(&connection), plain(&open(&to)));
    assert_eq!(lines(&connection, "SELECT id, full_name FROM people ORDER BY id"), "1|Ada\n2|NULL");
    assert_eq!(lines(&connection, "SELECT * FROM titles ORDER BY 2, 1"), "one|ada\ntwo|ada\nNULL|bob");
}

#[test]
fn a_rename_and_other_changes_go_together() {
    let (connection, _, script) = changed_blog_in_other_quotes(&to_people(), |blog| {
        people(blog);
        blog.tables.iter_mut().find(|table| table.name == "people").unwrap().columns.remove(4);
        blog.tables.iter_mut().find(|table| table.name == "people").unwrap().foreign_keys.clear();
    });
    assert!(script.needs_foreign_keys_off);
    assert_eq!(lines(&connection, "SELECT id, full_name, points FROM people"), "1|Ada|2\n2|NULL|1");
    connection.execute_batch("INSERT INTO people (email) VALUES ('c'); INSERT INTO posts (id, author) VALUES (20, 10)").unwrap();
    connection.execute_batch("UPDATE people SET full_name = 'Eve' WHERE id = 10").unwrap();
    assert_eq!(lines(&connection, "SELECT title, points FROM posts JOIN people ON people.id = author WHERE posts.id = 20"), "Eve|1");
    assert_eq!(lines(&connection, "SELECT * FROM titles LIMIT 1"), "one|ada");
}

#[test]
fn without_the_new_text_a_trigger_is_made_again_under_the_new_names() {
    let (_, _, script) = changed_blog_in_other_quotes(&to_people(), |blog| {
        people(blog);
        let people = blog.tables.iter_mut().find(|table| table.name == "people").unwrap();
        people.checks.clear();
        blog.others[1].name = "other".to_owned();
    });
    let expected =
        "CREATE TRIGGER names AFTER UPDATE OF full_name ON people BEGIN UPDATE posts SET title = NEW.full_name WHERE author = NEW.id; END";
    assert!(script.statements.contains(&expected.to_owned()), "{:#?}", script.statements);
    assert_eq!(script.notes, ["the trigger `names` of `people` is created again under the new names: read whether it is right"]);
}

/// As `changed_blog`; triggers apart where their names differ.
fn changed_blog_in_other_quotes(renames: &Renames, change: impl FnOnce(&mut DatabaseDefinition)) -> (Connection, Difference, Script) {
    let from = blog();
    let connection = open(&from);
    connection.execute_batch(ROWS).unwrap();
    let (difference, script, to) = changed(&SQLITE, &from, renames, change);
    run(&connection, &script);
    let plain = |connection| shape(connection).replace('"', "").replace("other|", "names|").replace("TRIGGER other", "TRIGGER names");
    let mut expected = to.clone();
    expected.others.iter_mut().for_each(|other| other.name = other.name.replace("other", "names"));
    assert_eq!(plain(&connection), plain(&open(&expected)), "{:#?}", script.statements);
    (connection, difference, script)
}

#[test]
fn names_that_are_taken_change_hands() {
    let mut renames = Renames::default();
    renames.column("users", "email", "name");
    renames.column("users", "score", "boss");
    renames.column("users", "boss", "score");
    let (connection, _, _) = changed_blog(&renames, |blog| {
        // What was `name` is dropped, `email` takes its place, and two others change theirs.
        let users = users(blog);
        users.columns.remove(2);
        users.columns[1].name = "name".to_owned();
        users.columns[2].name = "boss".to_owned();
        users.columns[3].name = "score".to_owned();
        users.uniques[0].columns = vec!["name".to_owned()];
        users.indexes.clear();
        users.checks.clear();
        users.foreign_keys.clear();
        blog.others[0].sql = blog.others[0].sql.replace("score = score", "\"boss\" = \"boss\"");
    });
    assert_eq!(lines(&connection, "SELECT id, name, boss, score FROM users"), "1|ada|2|NULL\n2|bob|1|1");
}

#[test]
fn a_table_takes_the_name_of_one_that_goes() {
    let mut renames = Renames::default();
    renames.table("posts", "users");
    let from = { DatabaseDefinition { others: Vec::new(), ..blog() } };
    let connection = open(&from);
    connection.execute_batch(ROWS).unwrap();
    let (_, script, to) = changed(&SQLITE, &from, &renames, |blog| {
        blog.tables.remove(1);
        blog.tables[0].name = "users".to_owned();
        blog.tables[0].foreign_keys.clear();
    });
    connection.execute_batch("DROP VIEW titles").unwrap();
    run(&connection, &script);
    assert_eq!(shape(&connection), shape(&open(&to)));
    assert_eq!(lines(&connection, "SELECT id, title FROM users"), "10|one\n11|NULL\n12|two");
}

#[test]
fn a_not_null_column_without_a_default_is_refused_where_there_are_rows() {
    let change: Edit = |blog| users(blog).columns.push(column("city", "TEXT"));
    let (_, script, _) = changed(&SQLITE, &blog(), &Renames::default(), change);
    assert_eq!(script.notes, ["fails where `users` has rows, for `city` is NOT NULL and has no default"]);
    run(&open(&blog()), &script);
    let connection = open(&blog());
    connection.execute_batch(ROWS).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON").unwrap();
    connection.execute_batch(&script.statements.join(";")).unwrap_err();
}

#[test]
fn tables_in_a_circle_are_created_and_dropped_with_rows_in_them() {
    let reference = |table: &str, to: &str| {
        let mut key = ForeignKeyDefinition::new(format!("fk_{table}"), ["other"], to, ["id"]);
        key.options = Some("DEFERRABLE INITIALLY DEFERRED".to_owned());
        key
    };
    let circular = |name: &str, to: &str| {
        let mut table = table(name, [column("id", "INTEGER"), nullable("other", "INTEGER")]);
        table.foreign_keys.push(reference(name, to));
        table
    };
    let both = database([circular("a", "b"), circular("b", "a"), circular("c", "c")]);
    let rows = "BEGIN; INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (1, 1), (2, 1); COMMIT";
    let connection = open(&both);
    connection.execute_batch(rows).unwrap();
    let statements = Ordered::new(&both.tables).drop(&SQLITE, |_| true);
    connection.execute_batch(&format!("BEGIN; {}; COMMIT", statements.join(";"))).unwrap();
    assert_eq!(lines(&connection, "SELECT name FROM sqlite_schema"), "");

    let connection = open(&both);
    connection.execute_batch(rows).unwrap();
    let (_, script, _) = changed(&SQLITE, &both, &Renames::default(), |both| both.tables.clear());
    run(&connection, &script);
    assert_eq!(lines(&connection, "SELECT name FROM sqlite_schema"), "");
}
