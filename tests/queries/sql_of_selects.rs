//! The SQL of what a select is made of beyond one table, in the three dialects side by side.

use bindery::engine::Dialect;
use bindery::prelude::*;

use crate::library::{Author, Book, Employee};

#[derive(FromRow)]
struct Shelf {
    language: String,
    books: i64,
}

fn sql(query: impl Query) -> String {
    [Dialect::sqlite(), Dialect::postgres(), Dialect::mysql()].map(|dialect| query.to_sql(&dialect).unwrap()).join("\n")
}

fn shelves() -> bindery::query::Select<Shelf, <Book as bindery::schema::Columns>::ColumnBind> {
    Book::select().columns((Book::language, count())).group_by(Book::language).into::<Shelf>()
}

#[test]
fn left_joins() {
    insta::assert_snapshot!(sql(Author::select().left_join::<Book>().columns(Book::title.nullable())), @r#"
    SELECT "book"."title" FROM "author" LEFT JOIN "book" ON "book"."author_id" = "author"."id"
    SELECT "book"."title" FROM "author" LEFT JOIN "book" ON "book"."author_id" = "author"."id"
    SELECT `book`.`title` FROM `author` LEFT JOIN `book` ON `book`.`author_id` = `author`.`id`
    "#);
    insta::assert_snapshot!(sql(Author::select().left_join_on::<Book, _>(Book::pages.gt(1)).columns(count())), @r#"
    SELECT COUNT(*) FROM "author" LEFT JOIN "book" ON "book"."pages" > ?
    SELECT COUNT(*) FROM "author" LEFT JOIN "book" ON "book"."pages" > $1
    SELECT COUNT(*) FROM `author` LEFT JOIN `book` ON `book`.`pages` > ?
    "#);
    let boss = Employee::alias("boss");
    insta::assert_snapshot!(sql(Employee::select().left_join_alias(&boss, Employee::manager_id.eq(Employee::id.of(&boss))).columns(boss.row().optional())), @r#"
    SELECT "boss"."id", "boss"."name", "boss"."manager_id" FROM "employee" LEFT JOIN "employee" AS "boss" ON "employee"."manager_id" = "boss"."id"
    SELECT "boss"."id", "boss"."name", "boss"."manager_id" FROM "employee" LEFT JOIN "employee" AS "boss" ON "employee"."manager_id" = "boss"."id"
    SELECT `boss`.`id`, `boss`.`name`, `boss`.`manager_id` FROM `employee` LEFT JOIN `employee` AS `boss` ON `employee`.`manager_id` = `boss`.`id`
    "#);
}

#[test]
fn subqueries() {
    let shelf = shelves().subquery("shelf");
    insta::assert_snapshot!(sql(shelf.select()), @r#"
    SELECT "shelf"."language", "shelf"."books" FROM (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") AS "shelf"
    SELECT "shelf"."language", "shelf"."books" FROM (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") AS "shelf"
    SELECT `shelf`.`language`, `shelf`.`books` FROM (SELECT `book`.`language` AS `language`, COUNT(*) AS `books` FROM `book` GROUP BY `book`.`language`) AS `shelf`
    "#);
    insta::assert_snapshot!(sql(Book::select().join_alias(&shelf, Shelf::language.eq(Book::language)).columns((Book::title, Shelf::books))), @r#"
    SELECT "book"."title", "shelf"."books" FROM "book" INNER JOIN (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") AS "shelf" ON "shelf"."language" = "book"."language"
    SELECT "book"."title", "shelf"."books" FROM "book" INNER JOIN (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") AS "shelf" ON "shelf"."language" = "book"."language"
    SELECT `book`.`title`, `shelf`.`books` FROM `book` INNER JOIN (SELECT `book`.`language` AS `language`, COUNT(*) AS `books` FROM `book` GROUP BY `book`.`language`) AS `shelf` ON `shelf`.`language` = `book`.`language`
    "#);
    let some = Author::select().union(Author::select().filter(Author::id.gt(1))).order_by(Author::id.asc()).limit(2).subquery("some");
    insta::assert_snapshot!(sql(some.select().columns(Author::name.of(&some))), @r#"
    SELECT "some"."name" FROM (SELECT "author"."id", "author"."name", "author"."born" FROM "author" UNION SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" > ? ORDER BY 1 ASC LIMIT 2) AS "some"
    SELECT "some"."name" FROM (SELECT "author"."id", "author"."name", "author"."born" FROM "author" UNION (SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" > $1) ORDER BY 1 ASC LIMIT 2) AS "some"
    SELECT `some`.`name` FROM (SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` UNION (SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` > ?) ORDER BY 1 ASC LIMIT 2) AS `some`
    "#);
}

#[test]
fn common_table_expressions() {
    let shelf = shelves().cte("shelf");
    insta::assert_snapshot!(sql(shelf.select()), @r#"
    WITH "shelf" ("language", "books") AS (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") SELECT "shelf"."language", "shelf"."books" FROM "shelf"
    WITH "shelf" ("language", "books") AS (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") SELECT "shelf"."language", "shelf"."books" FROM "shelf"
    WITH `shelf` (`language`, `books`) AS (SELECT `book`.`language` AS `language`, COUNT(*) AS `books` FROM `book` GROUP BY `book`.`language`) SELECT `shelf`.`language`, `shelf`.`books` FROM `shelf`
    "#);
    insta::assert_snapshot!(sql(Book::select().columns(Book::id).filter(Book::language.in_(shelf.select().columns(Shelf::language)))), @r#"
    WITH "shelf" ("language", "books") AS (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") SELECT "book"."id" FROM "book" WHERE "book"."language" IN (SELECT "shelf"."language" FROM "shelf")
    WITH "shelf" ("language", "books") AS (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") SELECT "book"."id" FROM "book" WHERE "book"."language" IN (SELECT "shelf"."language" FROM "shelf")
    WITH `shelf` (`language`, `books`) AS (SELECT `book`.`language` AS `language`, COUNT(*) AS `books` FROM `book` GROUP BY `book`.`language`) SELECT `book`.`id` FROM `book` WHERE `book`.`language` IN (SELECT `shelf`.`language` FROM `shelf`)
    "#);
    let large = shelf.alias("s").select().filter(Shelf::books.gt(2)).cte("large");
    insta::assert_snapshot!(sql(large.select()), @r#"
    WITH "shelf" ("language", "books") AS (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") , "large" ("language", "books") AS (SELECT "s"."language" AS "language", "s"."books" AS "books" FROM "shelf" AS "s" WHERE "s"."books" > ?) SELECT "large"."language", "large"."books" FROM "large"
    WITH "shelf" ("language", "books") AS (SELECT "book"."language" AS "language", COUNT(*) AS "books" FROM "book" GROUP BY "book"."language") , "large" ("language", "books") AS (SELECT "s"."language" AS "language", "s"."books" AS "books" FROM "shelf" AS "s" WHERE "s"."books" > $1) SELECT "large"."language", "large"."books" FROM "large"
    WITH `shelf` (`language`, `books`) AS (SELECT `book`.`language` AS `language`, COUNT(*) AS `books` FROM `book` GROUP BY `book`.`language`) , `large` (`language`, `books`) AS (SELECT `s`.`language` AS `language`, `s`.`books` AS `books` FROM `shelf` AS `s` WHERE `s`.`books` > ?) SELECT `large`.`language`, `large`.`books` FROM `large`
    "#);
    let tree = Employee::select()
        .filter(Employee::manager_id.is_null())
        .recursive_cte("tree", |tree| Employee::select().join_alias(tree, Employee::manager_id.eq(Employee::id.of(tree))));
    insta::assert_snapshot!(sql(tree.select().columns(count())), @r#"
    WITH RECURSIVE "tree" ("id", "name", "manager_id") AS (SELECT "employee"."id", "employee"."name", "employee"."manager_id" FROM "employee" WHERE "employee"."manager_id" IS NULL UNION ALL SELECT "employee"."id", "employee"."name", "employee"."manager_id" FROM "employee" INNER JOIN "tree" ON "employee"."manager_id" = "tree"."id") SELECT COUNT(*) FROM "tree"
    WITH RECURSIVE "tree" ("id", "name", "manager_id") AS (SELECT "employee"."id", "employee"."name", "employee"."manager_id" FROM "employee" WHERE "employee"."manager_id" IS NULL UNION ALL (SELECT "employee"."id", "employee"."name", "employee"."manager_id" FROM "employee" INNER JOIN "tree" ON "employee"."manager_id" = "tree"."id")) SELECT COUNT(*) FROM "tree"
    WITH RECURSIVE `tree` (`id`, `name`, `manager_id`) AS (SELECT `employee`.`id`, `employee`.`name`, `employee`.`manager_id` FROM `employee` WHERE `employee`.`manager_id` IS NULL UNION ALL (SELECT `employee`.`id`, `employee`.`name`, `employee`.`manager_id` FROM `employee` INNER JOIN `tree` ON `employee`.`manager_id` = `tree`.`id`)) SELECT COUNT(*) FROM `tree`
    "#);
}

/// What a dialect has no words for is an error there.
fn sql_or_error(query: impl Query) -> String {
    crate::sql::DIALECTS.map(|dialect| query.to_sql(&dialect).unwrap_or_else(|error| error.to_string())).join("\n")
}

#[test]
fn locks() {
    let author = || Author::select().columns(Author::id);
    insta::assert_snapshot!(sql_or_error(author().for_update()), @r#"
    sqlite has no locks of single rows (FOR UPDATE) (its capability `row_locks` is false): a transaction that writes has the whole database, where it has one writer
    SELECT "author"."id" FROM "author" FOR UPDATE
    SELECT `author`.`id` FROM `author` FOR UPDATE
    "#);
    insta::assert_snapshot!(sql_or_error(author().for_share().no_wait()), @r#"
    sqlite has no locks of single rows (FOR UPDATE) (its capability `row_locks` is false): a transaction that writes has the whole database, where it has one writer
    SELECT "author"."id" FROM "author" FOR SHARE NOWAIT
    SELECT `author`.`id` FROM `author` LOCK IN SHARE MODE NOWAIT
    "#);
    insta::assert_snapshot!(sql_or_error(author().limit(1).skip_locked()), @r#"
    sqlite has no locks of single rows (FOR UPDATE) (its capability `row_locks` is false): a transaction that writes has the whole database, where it has one writer
    SELECT "author"."id" FROM "author" LIMIT 1 FOR UPDATE SKIP LOCKED
    SELECT `author`.`id` FROM `author` LIMIT 1 FOR UPDATE SKIP LOCKED
    "#);
    insta::assert_snapshot!(sql_or_error(author().left_join::<Book>().for_update()), @r#"
    sqlite has no locks of single rows (FOR UPDATE) (its capability `row_locks` is false): a transaction that writes has the whole database, where it has one writer
    SELECT "author"."id" FROM "author" LEFT JOIN "book" ON "book"."author_id" = "author"."id" FOR UPDATE OF "author"
    SELECT `author`.`id` FROM `author` LEFT JOIN `book` ON `book`.`author_id` = `author`.`id` FOR UPDATE
    "#);
}
