//! What the session's verbs send that no statement's `to_sql` shows: by key, by model, with rows back, counts, pages. The rows themselves are looked
//! at on real databases, in the other files.

use bindery::Result;
use bindery::prelude::*;
use bindery_testkit::recorder::{Call, Recorder};

use crate::library::{Book, Draft, Employee, NewAuthor, NewDraft, Seat};

/// What three servers are sent, one after the other; that they answer nothing doesn't matter.
async fn sent<T>(run: impl AsyncFn(&Session) -> Result<T>) -> String {
    let mut texts = Vec::new();
    for recorder in [Recorder::sqlite(), Recorder::postgres(), Recorder::mysql()] {
        recorder.on(Call::Execute).affects(1);
        let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://").bind("archive", "recorder://");
        let session = builder.connect().await.unwrap().session();
        drop(run(&session).await);
        texts.extend(recorder.sent("default").unwrap().into_iter().map(|sent| sent.sql));
    }
    texts.join("\n")
}

#[tokio::test]
async fn by_key_and_by_model() {
    insta::assert_snapshot!(sent(async |session| session.get::<Seat>((1, 2)).await).await, @r#"
    SELECT "seat"."row", "seat"."number", "seat"."taken_by" FROM "seat" WHERE "seat"."row" = ? AND "seat"."number" = ?
    SELECT "seat"."row", "seat"."number", "seat"."taken_by" FROM "seat" WHERE "seat"."row" = $1 AND "seat"."number" = $2
    SELECT `seat`.`row`, `seat`.`number`, `seat`.`taken_by` FROM `seat` WHERE `seat`.`row` = ? AND `seat`.`number` = ?
    "#);
    let draft = || Draft { id: 1, text: "first".into(), revision: 3 };
    insta::assert_snapshot!(sent(async |session| session.update(draft()).await).await, @r#"
    UPDATE "draft" SET "text" = ?, "revision" = ("draft"."revision" + 1) WHERE "draft"."id" = ? AND "draft"."revision" = ?
    UPDATE "draft" SET "text" = $1, "revision" = ("draft"."revision" + 1) WHERE "draft"."id" = $2 AND "draft"."revision" = $3
    UPDATE `draft` SET `text` = ?, `revision` = (`draft`.`revision` + 1) WHERE `draft`.`id` = ? AND `draft`.`revision` = ?
    "#);
    insta::assert_snapshot!(sent(async |session| session.delete(draft()).await).await, @r#"
    DELETE FROM "draft" WHERE "draft"."id" = ? AND "draft"."revision" = ?
    DELETE FROM "draft" WHERE "draft"."id" = $1 AND "draft"."revision" = $2
    DELETE FROM `draft` WHERE `draft`.`id` = ? AND `draft`.`revision` = ?
    "#);
    let filtered = || Draft::update().set(Draft::text.to("x")).filter(Draft::id.gt(7));
    insta::assert_snapshot!(sent(async |session| session.execute(filtered()).await).await, @r#"
    UPDATE "draft" SET "text" = ?, "revision" = ("draft"."revision" + 1) WHERE "draft"."id" > ?
    UPDATE "draft" SET "text" = $1, "revision" = ("draft"."revision" + 1) WHERE "draft"."id" > $2
    UPDATE `draft` SET `text` = ?, `revision` = (`draft`.`revision` + 1) WHERE `draft`.`id` > ?
    "#);
}

#[tokio::test]
async fn inserts() {
    let ada = || NewAuthor { name: "Ada".into(), born: None };
    insta::assert_snapshot!(sent(async |session| session.insert(ada()).await).await, @r#"
    INSERT INTO "author" ("name", "born") VALUES (?, ?) RETURNING "id", "name", "born"
    INSERT INTO "author" ("name", "born") VALUES ($1, $2) RETURNING "id", "name", "born"
    INSERT INTO `author` (`name`, `born`) VALUES (?, ?)
    "#);
    insta::assert_snapshot!(sent(async |session| session.insert_many([ada(), ada()]).await).await, @r#"
    INSERT INTO "author" ("name", "born") VALUES (?, ?), (?, ?) RETURNING "id", "name", "born"
    INSERT INTO "author" ("name", "born") SELECT UNNEST(CAST($1 AS text[])), UNNEST(CAST($2 AS integer[])) RETURNING "id", "name", "born"
    INSERT INTO `author` (`name`, `born`) VALUES (?, ?), (?, ?)
    "#);
    // Found again by the key that is given: as a select by key, whose text is kept.
    let leaf = || Employee { id: 9, name: "Leaf".into(), manager_id: None };
    insta::assert_snapshot!(sent(async |session| session.insert(leaf()).await).await, @r#"
    INSERT INTO "employee" ("id", "name", "manager_id") VALUES (?, ?, ?) RETURNING "id", "name", "manager_id"
    INSERT INTO "employee" ("id", "name", "manager_id") VALUES ($1, $2, $3) RETURNING "id", "name", "manager_id"
    INSERT INTO `employee` (`id`, `name`, `manager_id`) VALUES (?, ?, ?)
    SELECT `employee`.`id`, `employee`.`name`, `employee`.`manager_id` FROM `employee` WHERE `employee`.`id` = ?
    "#);
    let seat = |number| Seat { row: 1, number, taken_by: None };
    let upsert = || Seat::insert([seat(1), seat(2)]).on_conflict((Seat::row, Seat::number)).do_nothing();
    insta::assert_snapshot!(sent(async |session| session.insert_returning(upsert()).await).await, @r#"
    BEGIN
    INSERT INTO "seat" ("row", "number", "taken_by") VALUES (?, ?, ?), (?, ?, ?) ON CONFLICT ("row", "number") DO NOTHING
    SELECT "seat"."row", "seat"."number", "seat"."taken_by" FROM "seat" WHERE ("seat"."row" = ? AND "seat"."number" = ?) OR ("seat"."row" = ? AND "seat"."number" = ?)
    ROLLBACK
    BEGIN
    INSERT INTO "seat" ("row", "number", "taken_by") SELECT UNNEST(CAST($1 AS integer[])), UNNEST(CAST($2 AS integer[])), UNNEST(CAST($3 AS text[])) ON CONFLICT ("row", "number") DO NOTHING
    SELECT "seat"."row", "seat"."number", "seat"."taken_by" FROM "seat" WHERE ("seat"."row" = $1 AND "seat"."number" = $2) OR ("seat"."row" = $3 AND "seat"."number" = $4)
    ROLLBACK
    BEGIN
    INSERT INTO `seat` (`row`, `number`, `taken_by`) VALUES (?, ?, ?), (?, ?, ?) ON DUPLICATE KEY UPDATE `row` = `row`, `number` = `number`
    SELECT `seat`.`row`, `seat`.`number`, `seat`.`taken_by` FROM `seat` WHERE (`seat`.`row` = ? AND `seat`.`number` = ?) OR (`seat`.`row` = ? AND `seat`.`number` = ?)
    ROLLBACK
    "#);
    let version = || Draft::insert([Draft { id: 1, text: "x".into(), revision: 1 }]).on_conflict(Draft::id).do_update(Draft::text);
    insta::assert_snapshot!(sent(async |session| session.execute(version()).await).await, @r#"
    INSERT INTO "draft" ("id", "text", "revision") VALUES (?, ?, ?) ON CONFLICT ("id") DO UPDATE SET "text" = excluded."text", "revision" = "draft"."revision" + 1
    INSERT INTO "draft" ("id", "text", "revision") VALUES ($1, $2, $3) ON CONFLICT ("id") DO UPDATE SET "text" = excluded."text", "revision" = "draft"."revision" + 1
    INSERT INTO `draft` (`id`, `text`, `revision`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `text` = VALUES(`text`), `revision` = `draft`.`revision` + 1
    "#);
    let new = || Draft::insert([NewDraft { text: "x".into(), revision: 1 }]);
    insta::assert_snapshot!(sent(async |session| session.execute(new()).await).await, @r#"
    INSERT INTO "draft" ("text", "revision") VALUES (?, ?)
    INSERT INTO "draft" ("text", "revision") VALUES ($1, $2)
    INSERT INTO `draft` (`text`, `revision`) VALUES (?, ?)
    "#);
}

#[tokio::test]
async fn counts_and_first_rows() {
    let books = || Book::select().filter(Book::pages.gt(9));
    insta::assert_snapshot!(sent(async |session| session.count(books()).await).await, @r#"
    SELECT COUNT(*) FROM "book" WHERE "book"."pages" > ?
    SELECT COUNT(*) FROM "book" WHERE "book"."pages" > $1
    SELECT COUNT(*) FROM `book` WHERE `book`.`pages` > ?
    "#);
    insta::assert_snapshot!(sent(async |session| session.count(books().limit(3)).await).await, @r#"
    SELECT COUNT(*) FROM (SELECT "book"."id" AS "c0", "book"."author_id" AS "c1", "book"."title" AS "c2", "book"."pages" AS "c3", "book"."language" AS "c4" FROM "book" WHERE "book"."pages" > ? LIMIT 3) AS "counted"
    SELECT COUNT(*) FROM (SELECT "book"."id" AS "c0", "book"."author_id" AS "c1", "book"."title" AS "c2", "book"."pages" AS "c3", "book"."language" AS "c4" FROM "book" WHERE "book"."pages" > $1 LIMIT 3) AS "counted"
    SELECT COUNT(*) FROM (SELECT `book`.`id` AS `c0`, `book`.`author_id` AS `c1`, `book`.`title` AS `c2`, `book`.`pages` AS `c3`, `book`.`language` AS `c4` FROM `book` WHERE `book`.`pages` > ? LIMIT 3) AS `counted`
    "#);
    insta::assert_snapshot!(sent(async |session| session.exists(books()).await).await, @r#"
    SELECT EXISTS(SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" WHERE "book"."pages" > ?)
    SELECT EXISTS(SELECT "book"."id", "book"."author_id", "book"."title", "book"."pages", "book"."language" FROM "book" WHERE "book"."pages" > $1)
    SELECT EXISTS(SELECT `book`.`id`, `book`.`author_id`, `book`.`title`, `book`.`pages`, `book`.`language` FROM `book` WHERE `book`.`pages` > ?)
    "#);
    insta::assert_snapshot!(sent(async |session| session.first(books().columns(Book::id)).await).await, @r#"
    SELECT "book"."id" FROM "book" WHERE "book"."pages" > ? LIMIT 1
    SELECT "book"."id" FROM "book" WHERE "book"."pages" > $1 LIMIT 1
    SELECT `book`.`id` FROM `book` WHERE `book`.`pages` > ? LIMIT 1
    "#);
    insta::assert_snapshot!(sent(async |session| session.one(books().columns(Book::id)).await).await, @r#"
    SELECT "book"."id" FROM "book" WHERE "book"."pages" > ? LIMIT 2
    SELECT "book"."id" FROM "book" WHERE "book"."pages" > $1 LIMIT 2
    SELECT `book`.`id` FROM `book` WHERE `book`.`pages` > ? LIMIT 2
    "#);
    insta::assert_snapshot!(sent(async |session| session.explain(books().columns(Book::id)).await).await, @r#"
    EXPLAIN QUERY PLAN SELECT "book"."id" FROM "book" WHERE "book"."pages" > ?
    EXPLAIN SELECT "book"."id" FROM "book" WHERE "book"."pages" > $1
    EXPLAIN SELECT `book`.`id` FROM `book` WHERE `book`.`pages` > ?
    "#);
}

#[tokio::test]
async fn pages() {
    let books = || Book::select().columns(Book::id).order_by(Book::language.desc());
    insta::assert_snapshot!(sent(async |session| session.page_uncounted(books(), 3, 10).await).await, @r#"
    SELECT "book"."id" FROM "book" ORDER BY "book"."language" DESC, "book"."id" ASC LIMIT 11 OFFSET ?
    SELECT "book"."id" FROM "book" ORDER BY "book"."language" DESC, "book"."id" ASC LIMIT 11 OFFSET $1
    SELECT `book`.`id` FROM `book` ORDER BY `book`.`language` DESC, `book`.`id` ASC LIMIT 11 OFFSET ?
    "#);
    insta::assert_snapshot!(sent(async |session| session.cursor_page(books(), None, 10).await).await, @r#"
    SELECT "book"."id", "book"."language", "book"."id" FROM "book" ORDER BY "book"."language" DESC, "book"."id" ASC LIMIT 11
    SELECT "book"."id", "book"."language", "book"."id" FROM "book" ORDER BY "book"."language" DESC, "book"."id" ASC LIMIT 11
    SELECT `book`.`id`, `book`.`language`, `book`.`id` FROM `book` ORDER BY `book`.`language` DESC, `book`.`id` ASC LIMIT 11
    "#);
}
