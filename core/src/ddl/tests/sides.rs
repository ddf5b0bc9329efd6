//! What is found to differ, and what is said of it.

use super::*;
use crate::ddl::{Candidate, candidates};
use crate::definition::{Generation, OtherDefinition, ViewDefinition};

fn blog() -> DatabaseDefinition {
    let mut users = table("users", [column("id", "bigint"), column("email", "varchar(120)"), nullable("name", "text")]);
    users.uniques.push(KeyDefinition::new("uq_users_email", ["email"]));
    users.indexes.push(index("ix_users_name", "name"));
    let mut posts = table("posts", [column("id", "bigint"), column("author", "bigint"), nullable("title", "text")]);
    posts.foreign_keys.push(ForeignKeyDefinition::new("fk_posts_author", ["author"], "users", ["id"]));
    database([posts, users])
}

fn differing(family: Family, renames: &Renames, change: impl FnOnce(&mut DatabaseDefinition)) -> Difference {
    let from = blog();
    let mut to = from.clone();
    change(&mut to);
    diff(family, &from, &to, renames)
}

fn lines(difference: &Difference) -> Vec<String> {
    difference.changes.iter().map(ToString::to_string).collect()
}

const FAMILIES: [Family; 3] = [Family::Postgres, Family::MySql, Family::Sqlite];

#[test]
fn equal_ones_and_other_orders_differ_in_nothing() {
    for family in FAMILIES {
        let difference = differing(family, &Renames::default(), |to| {
            to.tables[1].columns.swap(1, 2);
            to.tables[1].columns[0].sql_type = Some(crate::value::SqlType::I64);
            to.tables.reverse();
        });
        assert!(difference.changes.is_empty() && difference.unseen.is_empty(), "{difference:?}");
    }
}

#[test]
fn changes_come_in_an_order_in_which_they_can_be_made() {
    let difference = differing(Family::Postgres, &Renames::default(), |to| {
        to.tables.remove(0);
        let users = &mut to.tables[0];
        users.columns[1] = ColumnDefinition { default: Some("''".to_owned()), ..nullable("email", "varchar(200)") };
        users.columns.remove(2);
        users.columns.push(nullable("group", "bigint"));
        users.indexes.clear();
        users.uniques[0].columns = vec!["email".to_owned(), "group".to_owned()];
        users.foreign_keys.push(ForeignKeyDefinition::new("fk_users_group", ["group"], "groups", ["id"]));
        let mut groups = table("groups", [column("id", "bigint"), column("owner", "varchar(200)")]);
        groups.foreign_keys.push(ForeignKeyDefinition::new("fk_groups_owner", ["owner"], "users", ["email"]));
        to.tables.insert(0, groups);
    });
    let expected = [
        "unique constraint `uq_users_email` (`email`) of `users` is dropped",
        "index `ix_users_name` (`name`) of `users` is dropped",
        "table `groups` is created",
        "column `users.email`: varchar(120) becomes varchar(200), NULL is allowed, default becomes ''",
        "column `users.group` (bigint) is added",
        "column `users.name` (text) is dropped",
        "table `posts` is dropped",
        "unique constraint `uq_users_email` (`email`, `group`) of `users` is added",
        "foreign key `fk_users_group` (`users.group` to `groups.id`) is added",
        "foreign key `fk_groups_owner` (`groups.owner` to `users.email`) is added",
    ];
    assert_eq!(lines(&difference), expected);
    let losses: Vec<_> = difference.changes.iter().filter_map(Change::loss).collect();
    assert_eq!(losses, ["the values of `users.name` are lost", "the rows of `posts` are lost"]);
}

#[test]
fn a_rename_is_asked_for_and_then_followed() {
    let from = blog();
    let mut to = from.clone();
    to.tables[0].foreign_keys[0].table = "people".to_owned();
    to.tables[1].name = "people".to_owned();
    to.tables[1].columns[2].name = "nick".to_owned();
    to.tables[1].indexes[0] = index("ix_users_name", "nick");
    let mut renames = Renames::default();
    let table = Candidate::Table { from: "users".to_owned(), to: "people".to_owned() };
    assert_eq!(candidates(&from, &to, &renames), [table]);
    assert!(diff(Family::MySql, &from, &to, &renames).changes.iter().any(Change::is_destructive));
    renames.table("users", "people");
    let column = Candidate::Column { table: "people".to_owned(), from: "name".to_owned(), to: "nick".to_owned() };
    assert_eq!(candidates(&from, &to, &renames), [column]);
    renames.column("people", "name", "nick");
    assert_eq!(candidates(&from, &to, &renames), []);
    for family in FAMILIES {
        let expected = ["table `users` is renamed to `people`", "column `people.name` is renamed to `nick`"];
        assert_eq!(lines(&diff(family, &from, &to, &renames)), expected);
    }
}

#[test]
fn no_rename_is_asked_for_between_other_types() {
    let from = blog();
    let mut to = from.clone();
    to.tables[0].columns[2] = column("heading", "integer");
    to.tables[1].columns[1] = column("mail", "integer");
    assert_eq!(candidates(&from, &to, &Renames::default()), []);
    // What takes every value that was there may be the same column, whatever is NULL.
    to.tables[1].columns[1] = ColumnDefinition { nullable: true, ..column("mail", "text") };
    let mail = Candidate::Column { table: "users".to_owned(), from: "email".to_owned(), to: "mail".to_owned() };
    assert_eq!(candidates(&from, &to, &Renames::default()), [mail]);
}

#[test]
fn a_name_alone_is_changed_where_the_backend_can() {
    let change = |to: &mut DatabaseDefinition| {
        to.tables[1].uniques[0].name = "uq".to_owned();
        to.tables[1].indexes[0].name = "ix".to_owned();
        to.tables[0].foreign_keys[0].name = "fk".to_owned();
    };
    let postgres = [
        "constraint `uq_users_email` of `users` is renamed to `uq`",
        "index `ix_users_name` of `users` is renamed to `ix`",
        "constraint `fk_posts_author` of `posts` is renamed to `fk`",
    ];
    assert_eq!(lines(&differing(Family::Postgres, &Renames::default(), change)), postgres);
    let others = [
        "foreign key `fk_posts_author` (`posts.author` to `users.id`) is dropped",
        "unique constraint `uq_users_email` (`email`) of `users` is dropped",
        "index `ix_users_name` (`name`) of `users` is dropped",
        "unique constraint `uq` (`email`) of `users` is added",
        "index `ix` (`name`) of `users` is created",
        "foreign key `fk` (`posts.author` to `users.id`) is added",
    ];
    assert_eq!(lines(&differing(Family::MySql, &Renames::default(), change)), others);
    assert_eq!(lines(&differing(Family::Sqlite, &Renames::default(), change)), others);
}

#[test]
fn a_foreign_key_goes_with_what_it_stands_on() {
    let retyped = |to: &mut DatabaseDefinition| {
        to.tables[1].columns[0].type_name = "int".to_owned();
        to.tables[0].columns[1].type_name = "int".to_owned();
    };
    let of_keys = |difference: &Difference| lines(difference).iter().filter(|line| line.starts_with("foreign key")).count();
    assert_eq!(of_keys(&differing(Family::MySql, &Renames::default(), retyped)), 2);
    assert_eq!(of_keys(&differing(Family::Postgres, &Renames::default(), retyped)), 0);
    let other_key = |to: &mut DatabaseDefinition| {
        to.tables[1].primary_key = Some(KeyDefinition::new("pk_users", ["email"]));
        to.tables[1].uniques[0] = KeyDefinition::new("uq_users_id", ["id"]);
    };
    assert_eq!(of_keys(&differing(Family::Postgres, &Renames::default(), other_key)), 2);
    assert_eq!(of_keys(&differing(Family::MySql, &Renames::default(), other_key)), 2);
    assert_eq!(of_keys(&differing(Family::Sqlite, &Renames::default(), other_key)), 0);
}

#[test]
fn what_is_computed_is_dropped_and_added() {
    let from = {
        let mut from = blog();
        let generation = Some(Generation::Computed { sql: "lower(\"name\")".to_owned(), stored: true });
        from.tables[1].columns.push(ColumnDefinition { generation, ..nullable("low", "text") });
        from.tables[1].indexes.push(index("ix_low", "low"));
        from
    };
    let lines_of = |family, sql: &str| {
        let mut to = from.clone();
        to.tables[1].columns[3].generation = Some(Generation::Computed { sql: sql.to_owned(), stored: true });
        let difference = diff(family, &from, &to, &Renames::default());
        assert!(!difference.changes.iter().any(Change::is_destructive), "{difference:?}");
        lines(&difference)
    };
    for family in FAMILIES {
        assert_eq!(lines_of(family, "lower(name)"), [""; 0]); // SQLite adds such quotes when it renames
    }
    let expected = [
        "index `ix_low` (`low`) of `users` is dropped",
        "column `users.low` (text, computed as lower(\"name\"), stored) is dropped",
        "column `users.low` (text, computed as upper(name), stored) is added",
        "index `ix_low` (`low`) of `users` is created",
    ];
    assert_eq!(lines_of(Family::Postgres, "upper(name)"), expected);
    assert_eq!(lines_of(Family::MySql, "upper(name)"), expected);
    let altered = ["column `users.low`: generation computed as lower(\"name\"), stored becomes computed as upper(name), stored"];
    assert_eq!(lines_of(Family::Sqlite, "upper(name)"), altered);
}

#[test]
fn what_is_not_written_is_told() {
    let difference = differing(Family::Postgres, &Renames::default(), |to| {
        to.views.push(ViewDefinition::new("names", "SELECT name FROM users"));
        let mut trigger = OtherDefinition::new("trigger", "audit", "CREATE TRIGGER audit");
        trigger.table = Some("users".to_owned());
        to.others.push(trigger);
        to.tables[0].options = Some("PARTITION BY HASH (id)".to_owned());
        to.tables[1].partition_of = Some(("people".to_owned(), "DEFAULT".to_owned()));
    });
    assert!(difference.changes.is_empty(), "{difference:?}");
    let expected = [
        "table `posts`: behind its columns, nothing becomes PARTITION BY HASH (id)",
        "table `users`: no partition becomes partition of `people` DEFAULT",
        "view `names` is new, and not created",
        "trigger `audit` of `users` is new, and not created",
    ];
    assert_eq!(difference.unseen, expected);
    let mut from = blog();
    from.views.push(ViewDefinition::new("names", "SELECT name FROM users"));
    from.others.push(OtherDefinition::new("function", "f", "one"));
    let mut to = from.clone();
    to.views.clear();
    to.others[0].sql = "another".to_owned();
    let unseen = diff(Family::Postgres, &from, &to, &Renames::default()).unseen;
    assert_eq!(unseen, ["view `names` is no longer there, and not dropped", "function `f` differs, and is not changed"]);
}

#[test]
fn a_partition_follows_its_parent() {
    let mut from = blog();
    from.tables[1].options = Some("PARTITION BY HASH (id)".to_owned());
    let mut part = from.tables[1].clone();
    part.name = "users_1".to_owned();
    part.options = None;
    part.partition_of = Some(("users".to_owned(), "FOR VALUES WITH (modulus 1, remainder 0)".to_owned()));
    part.uniques[0].name = "users_1_email_key".to_owned();
    part.indexes[0].name = "users_1_name_idx".to_owned();
    from.tables.push(part);
    let mut to = from.clone();
    for table in &mut to.tables[1..] {
        table.columns.push(nullable("city", "text"));
        table.columns[1].name = "mail".to_owned();
        table.uniques[0].columns[0] = "mail".to_owned();
    }
    let mut renames = Renames::default();
    renames.column("users", "email", "mail");
    let expected = ["column `users.email` is renamed to `mail`", "column `users.city` (text) is added"];
    assert_eq!(lines(&diff(Family::Postgres, &from, &to, &renames)), expected);
}
