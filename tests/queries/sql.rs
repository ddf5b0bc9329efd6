//! The SQL of each construct, in the three dialects side by side.

use bindery::BindKey;
use bindery::engine::{Capabilities, Dialect};
use bindery::prelude::*;
use bindery::query::Action;
use bindery::schema::{Column, StaticTable, Table};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::library::{Author, Book, Dated, Employee, Event, NewAuthor, NewBook, Review, SHELVES};

/// Not registered: only its SQL is looked at.
static SAMPLES: StaticTable = StaticTable::new(|| {
    Table::new("samples", BindKey::DEFAULT)
        .column(Column::of::<bool>("flag"))
        .column(Column::of::<Vec<u8>>("bytes"))
        .column(Column::of::<Uuid>("id"))
        .column(Column::of::<f32>("rate"))
        .column(Column::of::<Decimal>("price"))
        .column(Column::of::<bool>("bit").type_override("smallint"))
});

pub(crate) const DIALECTS: [Dialect; 3] = [Dialect::sqlite(), Dialect::postgres(), Dialect::mysql()];

fn sql(query: impl Query) -> String {
    DIALECTS.map(|dialect| query.to_sql(&dialect).unwrap()).join("\n")
}

fn action_sql(action: impl Action) -> String {
    let capabilities = Capabilities::none("a test");
    DIALECTS.map(|dialect| action.to_sql(&dialect, &capabilities).unwrap().join(";\n")).join("\n")
}

fn author(name: &str) -> NewAuthor {
    NewAuthor { name: name.into(), born: None }
}

fn book(language: Option<&str>) -> NewBook {
    NewBook { author_id: 1, title: "t".into(), pages: 1, language: language.map(Into::into) }
}

#[test]
fn comparisons() {
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.eq(1))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" = ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" = $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` = ?
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.ne(1))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" <> ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" <> $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` <> ?
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.lt(1))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" < ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" < $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` < ?
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.le(1))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" <= ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" <= $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` <= ?
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.gt(1))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" > ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" > $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` > ?
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.ge(1))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" >= ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" >= $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` >= ?
    "#);
}

#[test]
fn conditions() {
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.eq(1).or(Author::id.eq(2)).and(Author::born.lt(1700)))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE ("author"."id" = ? OR "author"."id" = ?) AND "author"."born" < ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE ("author"."id" = $1 OR "author"."id" = $2) AND "author"."born" < $3
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE (`author`.`id` = ? OR `author`.`id` = ?) AND `author`.`born` < ?
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.eq(1).or(Author::id.eq(2).and(Author::born.lt(1700))))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" = ? OR ("author"."id" = ? AND "author"."born" < ?)
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" = $1 OR ("author"."id" = $2 AND "author"."born" < $3)
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` = ? OR (`author`.`id` = ? AND `author`.`born` < ?)
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(!Author::id.eq(1))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT "author"."id" = ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT "author"."id" = $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE NOT `author`.`id` = ?
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(!(Author::id.eq(1).or(Author::id.eq(2))))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT ("author"."id" = ? OR "author"."id" = ?)
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT ("author"."id" = $1 OR "author"."id" = $2)
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE NOT (`author`.`id` = ? OR `author`.`id` = ?)
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(!!Author::born.is_null())), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT (NOT "author"."born" IS NULL)
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT (NOT "author"."born" IS NULL)
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE NOT (NOT `author`.`born` IS NULL)
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::born.is_null()).filter(Author::born.is_not_null().or(Author::id.eq(1)))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."born" IS NULL AND ("author"."born" IS NOT NULL OR "author"."id" = ?)
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."born" IS NULL AND ("author"."born" IS NOT NULL OR "author"."id" = $1)
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`born` IS NULL AND (`author`.`born` IS NOT NULL OR `author`.`id` = ?)
    "#);
    insta::assert_snapshot!(sql(Book::select().filter(Book::id.eq(Book::author_id))), @r#"
    SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" WHERE "book"."id" = "book"."author_id"
    SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" WHERE "book"."id" = "book"."author_id"
    SELECT `book`.`id`, `book`.`author_id`, `book`.`title`, `book`.`pages`, `book`.`language` FROM `book` WHERE `book`.`id` = `book`.`author_id`
    "#);
}

#[test]
fn lists() {
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.in_([1, 2]))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" IN (?, ?)
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" = ANY($1)
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` IN (?, ?)
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.not_in([1, 2]))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" NOT IN (?, ?)
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" <> ALL($1)
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` NOT IN (?, ?)
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.in_(Vec::<i64>::new()))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE 1 = 0
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE 1 = 0
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE 1 = 0
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.not_in(Vec::<i64>::new()))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE 1 = 1
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE 1 = 1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE 1 = 1
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.in_(Book::select().columns(Book::author_id).filter(Book::pages.gt(1))))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" IN (SELECT "book"."author_id" FROM "book" WHERE "book"."pages" > ?)
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" IN (SELECT "book"."author_id" FROM "book" WHERE "book"."pages" > $1)
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` IN (SELECT `book`.`author_id` FROM `book` WHERE `book`.`pages` > ?)
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::id.not_in(Book::select().columns(Book::author_id)))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" NOT IN (SELECT "book"."author_id" FROM "book")
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."id" NOT IN (SELECT "book"."author_id" FROM "book")
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`id` NOT IN (SELECT `book`.`author_id` FROM `book`)
    "#);
}

#[test]
fn patterns() {
    insta::assert_snapshot!(sql(Author::select().filter(Author::name.like("A%"))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."name" LIKE ? ESCAPE ('\')
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."name" LIKE $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`name` LIKE ? ESCAPE ('\\')
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(Author::name.not_like("A%"))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."name" NOT LIKE ? ESCAPE ('\')
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE "author"."name" NOT LIKE $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE `author`.`name` NOT LIKE ? ESCAPE ('\\')
    "#);
}

#[test]
fn order_limit_offset() {
    insta::assert_snapshot!(sql(Author::select().order_by(Author::name.asc()).order_by(Author::id.desc())), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" ORDER BY "author"."name" ASC, "author"."id" DESC
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" ORDER BY "author"."name" ASC, "author"."id" DESC
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` ORDER BY `author`.`name` ASC, `author`.`id` DESC
    "#);
    insta::assert_snapshot!(sql(Author::select().order_by(Author::born.desc().nulls_last())), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" ORDER BY "author"."born" DESC NULLS LAST
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" ORDER BY "author"."born" DESC NULLS LAST
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` ORDER BY `author`.`born` IS NULL ASC, `author`.`born` DESC
    "#);
    insta::assert_snapshot!(sql(Author::select().limit(5)), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 5
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 5
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` LIMIT 5
    "#);
    insta::assert_snapshot!(sql(Author::select().limit(5).offset(2)), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 5 OFFSET ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 5 OFFSET $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` LIMIT 5 OFFSET ?
    "#);
    insta::assert_snapshot!(sql(Author::select().offset(2)), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 9223372036854775807 OFFSET ?
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" LIMIT 9223372036854775807 OFFSET $1
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` LIMIT 9223372036854775807 OFFSET ?
    "#);
}

#[test]
fn joins() {
    let boss = Employee::alias("boss");
    insta::assert_snapshot!(sql(Book::select().join::<Author>()), @r#"
    SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" INNER JOIN "author" ON "book"."author_id" = "author"."id"
    SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" INNER JOIN "author" ON "book"."author_id" = "author"."id"
    SELECT `book`.`id`, `book`.`author_id`, `book`.`title`, `book`.`pages`, `book`.`language` FROM `book` INNER JOIN `author` ON `book`.`author_id` = `author`.`id`
    "#);
    insta::assert_snapshot!(sql(Author::select().columns((Author::name, Book::title)).join::<Book>()), @r#"
    SELECT "author"."name", "book"."title" FROM "author" INNER JOIN "book" ON "book"."author_id" = "author"."id"
    SELECT "author"."name", "book"."title" FROM "author" INNER JOIN "book" ON "book"."author_id" = "author"."id"
    SELECT `author`.`name`, `book`.`title` FROM `author` INNER JOIN `book` ON `book`.`author_id` = `author`.`id`
    "#);
    insta::assert_snapshot!(sql(Review::select().columns(Review::id).join::<Book>().join_on::<Author, _>(Review::author_id.eq(Author::id))), @r#"
    SELECT "review"."id" FROM "review" INNER JOIN "book" ON "review"."book_id" = "book"."id" INNER JOIN "author" ON "review"."author_id" = "author"."id"
    SELECT "review"."id" FROM "review" INNER JOIN "book" ON "review"."book_id" = "book"."id" INNER JOIN "author" ON "review"."author_id" = "author"."id"
    SELECT `review`.`id` FROM `review` INNER JOIN `book` ON `review`.`book_id` = `book`.`id` INNER JOIN `author` ON `review`.`author_id` = `author`.`id`
    "#);
    insta::assert_snapshot!(sql(Employee::select().columns((Employee::name, Employee::name.of(&boss))).join_alias(&boss, Employee::manager_id.eq(Employee::id.of(&boss)))), @r#"
    SELECT "employee"."name", "boss"."name" FROM "employee" INNER JOIN "employee" AS "boss" ON "employee"."manager_id" = "boss"."id"
    SELECT "employee"."name", "boss"."name" FROM "employee" INNER JOIN "employee" AS "boss" ON "employee"."manager_id" = "boss"."id"
    SELECT `employee`.`name`, `boss`.`name` FROM `employee` INNER JOIN `employee` AS `boss` ON `employee`.`manager_id` = `boss`.`id`
    "#);
    insta::assert_snapshot!(sql(boss.select().filter(Employee::id.of(&boss).eq(1))), @r#"
    SELECT "boss"."id", "boss"."name", "boss"."manager_id" FROM "employee" AS "boss" WHERE "boss"."id" = ?
    SELECT "boss"."id", "boss"."name", "boss"."manager_id" FROM "employee" AS "boss" WHERE "boss"."id" = $1
    SELECT `boss`.`id`, `boss`.`name`, `boss`.`manager_id` FROM `employee` AS `boss` WHERE `boss`.`id` = ?
    "#);
}

#[test]
fn groups() {
    insta::assert_snapshot!(sql(Book::select().columns((Book::language, count(), Book::pages.sum(), Book::pages.avg())).group_by(Book::language).having(count().gt(1)).order_by(count().desc())), @r#"
    SELECT "book"."language", COUNT(*), SUM("book"."pages"), AVG("book"."pages") FROM "book" GROUP BY "book"."language" HAVING (COUNT(*)) > ? ORDER BY COUNT(*) DESC
    SELECT "book"."language", COUNT(*), SUM("book"."pages"), CAST(AVG("book"."pages") AS double precision) FROM "book" GROUP BY "book"."language" HAVING (COUNT(*)) > $1 ORDER BY COUNT(*) DESC
    SELECT `book`.`language`, COUNT(*), SUM(`book`.`pages`), AVG(`book`.`pages` + (0e0)) FROM `book` GROUP BY `book`.`language` HAVING (COUNT(*)) > ? ORDER BY 2 DESC
    "#);
    insta::assert_snapshot!(sql(Book::select().columns((Book::pages.min(), Book::pages.max(), Book::pages.count(), Book::pages.count_distinct()))), @r#"
    SELECT MIN("book"."pages"), MAX("book"."pages"), COUNT("book"."pages"), COUNT(DISTINCT "book"."pages") FROM "book"
    SELECT MIN("book"."pages"), MAX("book"."pages"), COUNT("book"."pages"), COUNT(DISTINCT "book"."pages") FROM "book"
    SELECT MIN(`book`.`pages`), MAX(`book`.`pages`), COUNT(`book`.`pages`), COUNT(DISTINCT `book`.`pages`) FROM `book`
    "#);
    insta::assert_snapshot!(sql(Book::select().columns(Book::language).distinct()), @r#"
    SELECT DISTINCT "book"."language" FROM "book"
    SELECT DISTINCT "book"."language" FROM "book"
    SELECT DISTINCT `book`.`language` FROM `book`
    "#);
}

#[test]
fn least_greatest_and_sum_of_every_type() {
    let (flag, bytes, id, rate) =
        (SAMPLES.col::<bool>("flag"), SAMPLES.col::<Vec<u8>>("bytes"), SAMPLES.col::<Uuid>("id"), SAMPLES.col::<f32>("rate"));
    insta::assert_snapshot!(sql(SAMPLES.select().columns((flag.clone().min(), flag.max()))), @r#"
    SELECT MIN("samples"."flag"), MAX("samples"."flag") FROM "samples"
    SELECT BOOL_AND("samples"."flag"), BOOL_OR("samples"."flag") FROM "samples"
    SELECT MIN(`samples`.`flag`), MAX(`samples`.`flag`) FROM `samples`
    "#);
    insta::assert_snapshot!(sql(SAMPLES.select().columns(bytes.min())), @r#"
    SELECT MIN("samples"."bytes") FROM "samples"
    SELECT DECODE(MIN(ENCODE("samples"."bytes", 'hex') COLLATE "C"), 'hex') FROM "samples"
    SELECT MIN(`samples`.`bytes`) FROM `samples`
    "#);
    insta::assert_snapshot!(sql(SAMPLES.select().columns(id.max())), @r#"
    SELECT MAX("samples"."id") FROM "samples"
    SELECT CAST(MAX(CAST("samples"."id" AS text) COLLATE "C") AS uuid) FROM "samples"
    SELECT MAX(`samples`.`id`) FROM `samples`
    "#);
    insta::assert_snapshot!(sql(SAMPLES.select().columns((rate.clone().sum(), rate.avg()))), @r#"
    SELECT SUM("samples"."rate"), AVG("samples"."rate") FROM "samples"
    SELECT SUM(CAST("samples"."rate" AS double precision)), CAST(AVG("samples"."rate") AS double precision) FROM "samples"
    SELECT SUM(`samples`.`rate`), AVG(`samples`.`rate` + (0e0)) FROM `samples`
    "#);
    insta::assert_snapshot!(sql(SAMPLES.select().columns(SAMPLES.col::<Decimal>("price").max())), @r#"
    SELECT MAX("samples"."price") COLLATE "decimal" FROM "samples"
    SELECT MAX("samples"."price") FROM "samples"
    SELECT MAX(`samples`.`price`) FROM `samples`
    "#);
    // Of one of the server's own types, its own.
    insta::assert_snapshot!(sql(SAMPLES.select().columns(SAMPLES.col::<bool>("bit").max())), @r#"
    SELECT MAX("samples"."bit") FROM "samples"
    SELECT MAX("samples"."bit") FROM "samples"
    SELECT MAX(`samples`.`bit`) FROM `samples`
    "#);
}

#[test]
fn subqueries() {
    insta::assert_snapshot!(sql(Author::select().filter(exists(Book::select().filter(Book::author_id.eq(Author::id))))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE EXISTS(SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" WHERE "book"."author_id" = "author"."id")
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE EXISTS(SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" WHERE "book"."author_id" = "author"."id")
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE EXISTS(SELECT `book`.`id`, `book`.`author_id`, `book`.`title`, `book`.`pages`, `book`.`language` FROM `book` WHERE `book`.`author_id` = `author`.`id`)
    "#);
    insta::assert_snapshot!(sql(Author::select().filter(!exists(Book::select().columns(Book::id).filter(Book::author_id.eq(Author::id))))), @r#"
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT EXISTS(SELECT "book"."id" FROM "book" WHERE "book"."author_id" = "author"."id")
    SELECT "author"."id", "author"."name", "author"."born" FROM "author" WHERE NOT EXISTS(SELECT "book"."id" FROM "book" WHERE "book"."author_id" = "author"."id")
    SELECT `author`.`id`, `author`.`name`, `author`.`born` FROM `author` WHERE NOT EXISTS(SELECT `book`.`id` FROM `book` WHERE `book`.`author_id` = `author`.`id`)
    "#);
}

#[test]
fn unions() {
    let (names, titles) = (Author::select().columns(Author::name), Book::select().columns(Book::title));
    insta::assert_snapshot!(sql(names.clone().union(titles.clone())), @r#"
    SELECT "author"."name" FROM "author" UNION SELECT "book"."title" FROM "book"
    SELECT "author"."name" FROM "author" UNION (SELECT "book"."title" FROM "book")
    SELECT `author`.`name` FROM `author` UNION (SELECT `book`.`title` FROM `book`)
    "#);
    insta::assert_snapshot!(sql(names.clone().union_all(titles.clone()).order_by(Author::name.desc()).limit(3).offset(1)), @r#"
    SELECT "author"."name" FROM "author" UNION ALL SELECT "book"."title" FROM "book" ORDER BY 1 DESC LIMIT 3 OFFSET ?
    SELECT "author"."name" FROM "author" UNION ALL (SELECT "book"."title" FROM "book") ORDER BY 1 DESC LIMIT 3 OFFSET $1
    SELECT `author`.`name` FROM `author` UNION ALL (SELECT `book`.`title` FROM `book`) ORDER BY 1 DESC LIMIT 3 OFFSET ?
    "#);
    insta::assert_snapshot!(sql(names.clone().union(names.clone()).union_all(titles.clone())), @r#"
    SELECT "author"."name" FROM "author" UNION SELECT "author"."name" FROM "author" UNION ALL SELECT "book"."title" FROM "book"
    SELECT "author"."name" FROM "author" UNION (SELECT "author"."name" FROM "author") UNION ALL (SELECT "book"."title" FROM "book")
    SELECT `author`.`name` FROM `author` UNION (SELECT `author`.`name` FROM `author`) UNION ALL (SELECT `book`.`title` FROM `book`)
    "#);
}

#[test]
fn bare_tables_bases_and_raw_sql() {
    insta::assert_snapshot!(sql(SHELVES.select().filter(SHELVES.col::<String>("room").eq("north"))), @r#"
    SELECT "shelves"."id", "shelves"."room" FROM "shelves" WHERE "shelves"."room" = ?
    SELECT "shelves"."id", "shelves"."room" FROM "shelves" WHERE "shelves"."room" = $1
    SELECT `shelves`.`id`, `shelves`.`room` FROM `shelves` WHERE `shelves`.`room` = ?
    "#);
    insta::assert_snapshot!(sql(Event::select().filter(Dated::year.eq(1984))), @r#"
    SELECT "event"."id", "event"."year" FROM "event" WHERE "event"."year" = ?
    SELECT "event"."id", "event"."year" FROM "event" WHERE "event"."year" = $1
    SELECT `event`.`id`, `event`.`year` FROM `event` WHERE `event`.`year` = ?
    "#);
    insta::assert_snapshot!(sql(Event::select().columns(Dated::year.on::<Event>())), @r#"
    SELECT "event"."year" FROM "event"
    SELECT "event"."year" FROM "event"
    SELECT `event`.`year` FROM `event`
    "#);
    insta::assert_snapshot!(sql(raw("default", "SELECT ? AS it").param(1)), @"
    SELECT ? AS it
    SELECT ? AS it
    SELECT ? AS it
    ");
}

#[test]
fn inserts() {
    insta::assert_snapshot!(action_sql(Author::insert([author("a")])), @r#"
    INSERT INTO "author" ("name", "born") VALUES (?, ?)
    INSERT INTO "author" ("name", "born") VALUES ($1, $2)
    INSERT INTO `author` (`name`, `born`) VALUES (?, ?)
    "#);
    insta::assert_snapshot!(action_sql(Author::insert([author("a"), author("b")])), @r#"
    INSERT INTO "author" ("name", "born") VALUES (?, ?), (?, ?)
    INSERT INTO "author" ("name", "born") SELECT UNNEST(CAST($1 AS text[])), UNNEST(CAST($2 AS integer[]))
    INSERT INTO `author` (`name`, `born`) VALUES (?, ?), (?, ?)
    "#);
    insta::assert_snapshot!(action_sql(Author::insert([Author { id: 7, name: "c".into(), born: None }])), @r#"
    INSERT INTO "author" ("id", "name", "born") VALUES (?, ?, ?)
    INSERT INTO "author" ("id", "name", "born") VALUES ($1, $2, $3)
    INSERT INTO `author` (`id`, `name`, `born`) VALUES (?, ?, ?)
    "#);
    insta::assert_snapshot!(action_sql(Book::insert([book(None), book(None), book(Some("fr")), book(None)])), @r#"
    INSERT INTO "book" ("author_id", "title", "pages") VALUES (?, ?, ?), (?, ?, ?);
    INSERT INTO "book" ("author_id", "title", "pages", "language") VALUES (?, ?, ?, ?);
    INSERT INTO "book" ("author_id", "title", "pages") VALUES (?, ?, ?)
    INSERT INTO "book" ("author_id", "title", "pages") SELECT UNNEST(CAST($1 AS bigint[])), UNNEST(CAST($2 AS text[])), UNNEST(CAST($3 AS integer[]));
    INSERT INTO "book" ("author_id", "title", "pages", "language") VALUES ($1, $2, $3, $4);
    INSERT INTO "book" ("author_id", "title", "pages") VALUES ($1, $2, $3)
    INSERT INTO `book` (`author_id`, `title`, `pages`) VALUES (?, ?, ?), (?, ?, ?);
    INSERT INTO `book` (`author_id`, `title`, `pages`, `language`) VALUES (?, ?, ?, ?);
    INSERT INTO `book` (`author_id`, `title`, `pages`) VALUES (?, ?, ?)
    "#);
    insta::assert_snapshot!(action_sql(SHELVES.insert([SHELVES.col::<String>("room").to("north")])), @r#"
    INSERT INTO "shelves" ("room") VALUES (?)
    INSERT INTO "shelves" ("room") VALUES ($1)
    INSERT INTO `shelves` (`room`) VALUES (?)
    "#);
    insta::assert_snapshot!(action_sql(SHELVES.insert([])), @r#"
    INSERT INTO "shelves" DEFAULT VALUES
    INSERT INTO "shelves" VALUES (DEFAULT)
    INSERT INTO `shelves` VALUES ()
    "#);
}

#[test]
fn updates() {
    insta::assert_snapshot!(action_sql(Book::update().set(Book::pages.to(1)).set(Book::title.to(Book::language)).filter(Book::id.eq(1))), @r#"
    UPDATE "book" SET "pages" = ?, "title" = "book"."language" WHERE "book"."id" = ?
    UPDATE "book" SET "pages" = $1, "title" = "book"."language" WHERE "book"."id" = $2
    UPDATE `book` SET `pages` = ?, `title` = `book`.`language` WHERE `book`.`id` = ?
    "#);
    insta::assert_snapshot!(action_sql(Author::update_all().set(Author::born.to(None))), @r#"
    UPDATE "author" SET "born" = ?
    UPDATE "author" SET "born" = $1
    UPDATE `author` SET `born` = ?
    "#);
    insta::assert_snapshot!(action_sql(SHELVES.update().set(SHELVES.col::<String>("room").to("x")).filter(SHELVES.col::<i64>("id").gt(1))), @r#"
    UPDATE "shelves" SET "room" = ? WHERE "shelves"."id" > ?
    UPDATE "shelves" SET "room" = $1 WHERE "shelves"."id" > $2
    UPDATE `shelves` SET `room` = ? WHERE `shelves`.`id` > ?
    "#);
}

#[test]
fn deletes() {
    insta::assert_snapshot!(action_sql(Book::delete().filter(Book::id.eq(1).or(Book::pages.lt(2)))), @r#"
    DELETE FROM "book" WHERE "book"."id" = ? OR "book"."pages" < ?
    DELETE FROM "book" WHERE "book"."id" = $1 OR "book"."pages" < $2
    DELETE FROM `book` WHERE `book`.`id` = ? OR `book`.`pages` < ?
    "#);
    insta::assert_snapshot!(action_sql(Book::delete_all()), @r#"
    DELETE FROM "book"
    DELETE FROM "book"
    DELETE FROM `book`
    "#);
    insta::assert_snapshot!(action_sql(Review::delete().filter(Review::book_id.in_(Book::select().columns(Book::id)))), @r#"
    DELETE FROM "review" WHERE "review"."book_id" IN (SELECT "book"."id" FROM "book")
    DELETE FROM "review" WHERE "review"."book_id" IN (SELECT "book"."id" FROM "book")
    DELETE FROM `review` WHERE `review`.`book_id` IN (SELECT `book`.`id` FROM `book`)
    "#);
    insta::assert_snapshot!(action_sql(SHELVES.delete().filter(SHELVES.col::<i64>("id").gt(1))), @r#"
    DELETE FROM "shelves" WHERE "shelves"."id" > ?
    DELETE FROM "shelves" WHERE "shelves"."id" > $1
    DELETE FROM `shelves` WHERE `shelves`.`id` > ?
    "#);
}
