use proptest::prelude::*;

use super::reader::{self, Reader};
use super::table_text::TableText;
use super::texts::{IndexText, default_of, select_of};
use super::token::{Kind, Token};

fn joined(sql: &str) -> String {
    Token::join(&Token::all(sql).unwrap())
}

fn checks(sql: &str) -> Vec<(String, String)> {
    TableText::read(sql).checks.into_iter().map(|check| (check.name, check.sql)).collect()
}

fn check(name: &str, sql: &str) -> (String, String) {
    (name.to_owned(), sql.to_owned())
}

#[test]
fn tokens() {
    let kinds = |sql| Token::all(sql).unwrap().iter().map(|token| (token.kind, token.text)).collect::<Vec<_>>();
    assert_eq!(
        kinds("a$1 \"b\"\"]c\"`d``` [e\"f] 'it''s (' x'0A' X'' xy"),
        [
            (Kind::Word, "a$1"),
            (Kind::Name, "\"b\"\"]c\""),
            (Kind::Name, "`d```"),
            (Kind::Name, "[e\"f]"),
            (Kind::Text, "'it''s ('"),
            (Kind::Blob, "x'0A'"),
            (Kind::Blob, "X''"),
            (Kind::Word, "xy"),
        ]
    );
    let numbers = ["0", "1.5e-3", ".5", "0xFF", "1_000", "1E+10", "2."];
    for number in numbers {
        assert_eq!(kinds(number), [(Kind::Number, number)]);
    }
    assert_eq!(kinds("0xe-1").len(), 3);
    assert_eq!(kinds("größe-1"), [(Kind::Word, "größe"), (Kind::Mark, "-"), (Kind::Number, "1")]);
    for open in ["'", "\"a", "`", "[a", "'it''", "x'00"] {
        assert_eq!(Token::all(open), None, "{open}");
    }
}

#[test]
fn names_without_their_quotes() {
    let name = |sql| Reader::new(&Token::all(sql).unwrap()).name();
    for (sql, expected) in
        [("a", "a"), ("\"b\"\"c\"", "b\"c"), ("`d```", "d`"), ("[e\"f]", "e\"f"), ("'g''h'", "g'h"), ("\"\"", ""), ("\"a]\"", "a]")]
    {
        assert_eq!(name(sql).as_deref(), Some(expected));
    }
    for none in ["", "1", "(", "x'00'"] {
        assert_eq!(name(none), None);
    }
}

#[test]
fn comments_and_line_breaks_become_a_space() {
    assert_eq!(joined("a>0 -- more )\n  AND\t/* ' ( */b /* open"), "a>0 AND b");
    assert_eq!(joined("-/**/-1 || '--' || '/*'"), "- -1 || '--' || '/*'");
    assert_eq!(joined("-- nothing"), "");
}

#[test]
fn brackets_around_all_of_an_expression_go() {
    let bare = |sql| reader::expression(&Token::all(sql).unwrap());
    for (sql, expected) in [
        ("(a)", "a"),
        ("((a > 0))", "a > 0"),
        ("(a) + (b)", "(a) + (b)"),
        ("((a) + (b))", "(a) + (b)"),
        ("(')')", "')'"),
        ("()", "()"),
        ("(a", "(a"),
        ("f(a)", "f(a)"),
        ("", ""),
    ] {
        assert_eq!(bare(sql), expected);
    }
}

#[test]
fn defaults_in_one_form() {
    for (written, expected) in [
        ("0", Some("0")),
        ("(0)", Some("0")),
        ("((0))", Some("0")),
        ("- 5", Some("-5")),
        ("-5", Some("-5")),
        ("+1.5", Some("+1.5")),
        ("'it''s'", Some("'it''s'")),
        ("abc", Some("'abc'")),
        ("\"it's\"", Some("'it''s'")),
        ("[a b]", Some("'a b'")),
        ("true", Some("true")),
        ("CURRENT_TIMESTAMP", Some("CURRENT_TIMESTAMP")),
        ("NULL", None),
        ("(null)", None),
        ("", None),
        ("x'00'", Some("x'00'")),
        ("datetime('now') -- today\n", Some("datetime('now')")),
        ("strftime('%Y',\n 'now')", Some("strftime('%Y', 'now')")),
        ("(1) + (2)", Some("(1) + (2)")),
        ("'open", Some("'open")),
    ] {
        assert_eq!(default_of(written).as_deref(), expected, "{written}");
    }
}

#[test]
fn checks_of_columns_and_tables() {
    let sql = "CREATE TABLE t (
        a INT CONSTRAINT positive CHECK (a > 0) CHECK ((a) < (10)) NOT NULL, -- not a CHECK (1)
        b TEXT CONSTRAINT \"odd \"\"name\"\"\" NOT NULL CHECK (b NOT IN ('(', ')', ',', 'it''s')),
        \"check\" VARCHAR(10, 2) DEFAULT 'CHECK (x)' CONSTRAINT nothing,
        CONSTRAINT both CHECK (((a > 1) AND (b <> 'CHECK (1)'))) ON CONFLICT FAIL,
        CHECK (length(b) /* letters */ > 1) CONSTRAINT last CHECK (a <> \")\")
    )";
    assert_eq!(
        checks(sql),
        [
            check("positive", "a > 0"),
            check("", "(a) < (10)"),
            check("", "b NOT IN ('(', ')', ',', 'it''s')"),
            check("both", "(a > 1) AND (b <> 'CHECK (1)')"),
            check("", "length(b) > 1"),
            check("last", "a <> \")\""),
        ]
    );
    let names: Vec<_> = TableText::read(sql).columns.into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["a", "b", "check"]);
}

#[test]
fn keys_and_their_options() {
    let table = TableText::read(
        "CREATE TABLE \"main\".[t] (
            id INTEGER CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT REPLACE AUTOINCREMENT UNIQUE CONSTRAINT u UNIQUE ON CONFLICT abort,
            parent INT DEFAULT -1 CONSTRAINT fk REFERENCES [t] (id) ON DELETE SET NULL ON UPDATE NO ACTION MATCH full NOT NULL
                DEFERRABLE INITIALLY DEFERRED,
            other REFERENCES o NOT DEFERRABLE INITIALLY DEFERRED COLLATE \"x y\",
            CONSTRAINT \"u,2\" UNIQUE (parent COLLATE nocase DESC, 'id', (\"other\")) ON CONFLICT IGNORE
            FOREIGN KEY (id, \"parent\") REFERENCES p DEFERRABLE INITIALLY IMMEDIATE)",
    );
    let key = table.primary_key.clone().unwrap();
    assert_eq!((key.name.as_str(), key.columns, key.options.as_deref()), ("pk", vec!["id".to_owned()], Some("ON CONFLICT REPLACE")));
    assert!(table.autoincrement);
    let uniques: Vec<_> = table.uniques.iter().map(|key| (key.name.as_str(), key.columns.join(" "), key.options.as_deref())).collect();
    assert_eq!(
        uniques,
        [("", "id".to_owned(), None), ("u", "id".to_owned(), None), ("u,2", "parent id other".to_owned(), Some("ON CONFLICT IGNORE"))]
    );
    let keys: Vec<_> =
        table.foreign_keys.iter().map(|key| (key.name.as_str(), key.columns.join(" "), key.table.as_str(), key.options())).collect();
    assert_eq!(
        keys,
        [
            ("fk", "parent".to_owned(), "t", Some("MATCH FULL DEFERRABLE INITIALLY DEFERRED".to_owned())),
            ("", "other".to_owned(), "o", None),
            ("", "id parent".to_owned(), "p", None),
        ]
    );
    assert_eq!(table.column("OTHER").unwrap().collation.as_deref(), Some("x y"));
    assert!(TableText::read("CREATE TABLE t (id INTEGER, PRIMARY KEY (id AUTOINCREMENT))").autoincrement);
}

#[test]
fn computed_columns() {
    let table = TableText::read(
        "CREATE TABLE t (a, b INT GENERATED ALWAYS AS (a * (2 + 1)) STORED NOT NULL, c AS ((a || ')')) VIRTUAL, d generated DEFAULT (1))",
    );
    let computed: Vec<_> = table.columns.iter().map(|column| column.computed.as_deref()).collect();
    assert_eq!(computed, [None, Some("a * (2 + 1)"), Some("a || ')'"), None]);
}

#[test]
fn indexes_and_views() {
    let index = IndexText::read(
        "CREATE UNIQUE INDEX IF NOT EXISTS \"main\".\"i\" ON t (lower(a) DESC, (b + 1) ASC, c COLLATE nocase, substr(d, 1, 2))
            WHERE (a > 0 AND b < 1)",
    );
    assert_eq!(index.parts, ["lower(a)", "b + 1", "c COLLATE nocase", "substr(d, 1, 2)"]);
    assert_eq!(index.filter.as_deref(), Some("a > 0 AND b < 1"));
    assert_eq!(IndexText::read("CREATE INDEX i ON t (a)").filter, None);

    assert_eq!(select_of("CREATE VIEW v AS SELECT 1 AS a -- one\n"), Some("SELECT 1 AS a"));
    let view = "CREATE TEMPORARY VIEW \"as\" (a, \"AS\") AS\n  WITH x AS (SELECT 1)\n  SELECT * FROM x";
    assert_eq!(select_of(view), Some("WITH x AS (SELECT 1)\n  SELECT * FROM x"));
    assert_eq!(select_of("CREATE TABLE t (a)"), None);
}

#[test]
fn what_is_no_statement_says_nothing() {
    for sql in ["", "CREATE TABLE", "CREATE TABLE t", "CREATE TABLE t (a 'open", "CREATE TABLE t (a", "DROP TABLE t", "((((", ")"] {
        assert_eq!(TableText::read(sql), TableText::default(), "{sql}");
        assert_eq!((IndexText::read(sql), select_of(sql)), (IndexText::default(), None), "{sql}");
    }
}

/// Words, marks and quotes as they stand in definitions, in any order.
fn garbage() -> impl Strategy<Value = String> {
    const PARTS: &str = "CREATE TABLE INDEX VIEW AS CONSTRAINT PRIMARY KEY UNIQUE CHECK FOREIGN REFERENCES ON CONFLICT DEFAULT COLLATE \
                         NOT NULL DEFERRABLE INITIALLY WHERE ( ) ( ) , . ; - -- /* */ ' \" ` [ ] x' 1e 0x \n ä a";
    let part = prop::sample::select(PARTS.split(' ').collect::<Vec<_>>());
    prop::collection::vec((part, "[ ]?"), 0..40).prop_map(|parts| parts.into_iter().map(|(part, space)| format!("{part}{space}")).collect())
}

proptest! {
    #[test]
    fn garbage_is_read_without_a_panic(tail in prop_oneof![garbage(), any::<String>()]) {
        let (table, index) = (format!("CREATE TABLE t ({tail})"), format!("CREATE INDEX i ON t ({tail})"));
        for sql in [tail.clone(), format!("CREATE TABLE t ({tail}"), table, index] {
            let _ = (TableText::read(&sql), IndexText::read(&sql), select_of(&sql), default_of(&sql));
        }
    }

    #[test]
    fn tokens_are_all_of_a_text(sql in prop_oneof![garbage(), any::<String>()]) {
        if let Some(tokens) = Token::all(&sql) {
            for token in &tokens {
                prop_assert_eq!(&sql[token.start..token.start + token.text.len()], token.text);
            }
            // Joined, they are the same tokens.
            let joined = Token::join(&tokens);
            let again = Token::all(&joined).unwrap();
            let texts = |tokens: &[Token<'_>]| tokens.iter().map(|token| (token.kind, token.text.to_owned())).collect::<Vec<_>>();
            prop_assert_eq!(texts(&again), texts(&tokens));
        }
    }

    #[test]
    fn a_name_comes_back(name in any::<String>()) {
        let quoted = crate::engine::Dialect::sqlite().quote(&name);
        let sql = format!("CREATE TABLE {quoted} ({quoted} INT CONSTRAINT {quoted} UNIQUE)");
        let table = TableText::read(&sql);
        prop_assert_eq!(&table.columns[0].name, &name);
        prop_assert_eq!((&table.uniques[0].name, &table.uniques[0].columns[0]), (&name, &name));
    }
}
