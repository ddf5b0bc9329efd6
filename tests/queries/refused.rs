//! What is refused before anything is sent, and what its error says at three in the morning.

use bindery::engine::{Capabilities, Dialect};
use bindery::prelude::*;
use bindery::query::{Action, FrameBound, exists, ntile};
use bindery::{Error, ErrorKind};

use crate::library::{Author, BOXES, Backend, Book, Dated, Employee, Library, Review, SHELVES};

fn query_error(query: impl Query) -> Error {
    query.to_sql(&Dialect::sqlite()).unwrap_err()
}

fn action_error(action: impl Action) -> Error {
    action.to_sql(&Dialect::sqlite(), &Capabilities::none("a test")).unwrap_err()
}

#[test]
fn an_update_that_sets_nothing() {
    // One without a filter does not compile.
    let error = action_error(Author::update().filter(Author::id.eq(1)));
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    insta::assert_snapshot!(error, @"an update sets at least one column: `.set(User::name.to(..))`");
}

#[derive(FromRow)]
struct Title {
    id: i64,
    title: String,
}

#[test]
fn null_in_a_type_that_has_none() {
    let left = || Author::select().left_join::<Book>();
    insta::assert_snapshot!(query_error(left().columns(Book::title)), @"a column of a left join is NULL where a row has no partner: select it by `.nullable()`, or the whole row by `.row().optional()` (column `title`)");
    insta::assert_snapshot!(query_error(left().columns((Author::row(), Book::row()))), @"a column of a left join is NULL where a row has no partner: select it by `.nullable()`, or the whole row by `.row().optional()` (column `id`)");
    insta::assert_snapshot!(query_error(left().columns(Book::title.concat(Author::name).length())), @"a column of a left join is NULL where a row has no partner: select it by `.nullable()`, or the whole row by `.row().optional()` (column `title`)");
    insta::assert_snapshot!(query_error(Author::select().columns(Author::id.eq(Author::select().columns(Author::id.max()).scalar()))), @"a condition over an expression that can be NULL may be NULL too: select it by `.nullable()`");
    for can_not_be in [
        Author::select().columns((Author::id / 2).gt(1)).to_sql(&Dialect::sqlite()),
        Author::select().columns(Author::id.null_if(1).eq(2)).to_sql(&Dialect::sqlite()),
        Author::select().columns(Author::id.max().gt(3)).to_sql(&Dialect::sqlite()),
        Author::select().columns(Author::born.coalesce(1).in_(Author::select().columns(Author::born))).to_sql(&Dialect::sqlite()),
        Author::select().columns(when(Author::id.gt(1), 1).or_null().eq(1)).to_sql(&Dialect::sqlite()),
    ] {
        assert_eq!(can_not_be.unwrap_err().kind(), ErrorKind::InvalidStatement);
    }
    insta::assert_snapshot!(query_error(Author::select().columns(Author::born.gt(1700))), @"an expression over a column that can be NULL may be NULL too: select it by `.nullable()` (column `born`)");
    for can_be in [
        left().columns(Book::title.coalesce("none")).to_sql(&Dialect::sqlite()),
        left().columns(Book::title.nullable()).to_sql(&Dialect::sqlite()),
        left().columns(Book::title.is_null()).to_sql(&Dialect::sqlite()),
        left().columns(Book::title.count()).to_sql(&Dialect::sqlite()),
        left().columns(Author::name).to_sql(&Dialect::sqlite()),
        Author::select().columns(Author::name.gt("a")).to_sql(&Dialect::sqlite()),
        Author::select().columns(Author::id / 2).to_sql(&Dialect::sqlite()),
        Author::select().columns(count().gt(3)).to_sql(&Dialect::sqlite()),
    ] {
        can_be.unwrap();
    }
}

#[test]
fn common_table_expressions_that_can_not_be() {
    let titles = || Book::select().columns((Book::id, Book::title)).into::<Title>();
    let (one, other) = (titles().cte("title"), titles().filter(Book::id.gt(1)).cte("title"));
    let twice = one.select().join_alias(&other.alias("other"), Title::id.of(&one).eq(Title::id.of(&other)));
    insta::assert_snapshot!(query_error(twice), @"two common table expressions of the statement are called `title`: rename one");
    let mut inside = None;
    let _ = titles().recursive_cte("title", |title| {
        inside = Some(title.clone());
        title.select()
    });
    insta::assert_snapshot!(query_error(inside.clone().unwrap().select()), @"a recursive CTE is used outside its own recursive part");
    let joined = Book::select().join_alias(&inside.unwrap(), Book::id.gt(1));
    insta::assert_snapshot!(query_error(joined), @"the common table expression `title` is used outside its own recursive part: use what `recursive_cte` gave");
    insta::assert_snapshot!(query_error(Book::select().columns(Title::title.of(&one))), @"a column of the alias `title` is used, but the statement doesn't join it (column `title`)");
    insta::assert_snapshot!(query_error(Book::select().columns(Title::title)), @"a column of `Title` is used, but the statement is not from such rows: join them, as a `subquery` or `cte` of a select `into::<Title>()` (column `title`)");
    let aliased = Book::alias("b");
    insta::assert_snapshot!(query_error(aliased.select().filter(Book::id.gt(1))), @"a column of `book` is used, which is in the statement as `b`: say that it is of that by `.of(&alias)` (column `id`)");
    let twice = one.select().join_alias(&one.alias("other"), Title::id.gt(1));
    insta::assert_snapshot!(query_error(twice), @"rows of `Title` are in the statement as `title`, `other`: say whose column it is by `.of(&alias)` (column `id`)");
}

#[test]
fn parts_of_a_whole() {
    let titles = || Book::select().columns((Book::id, Book::title)).into::<Title>();
    let recursion = titles().limit(1).recursive_cte("tree", |tree| tree.select());
    insta::assert_snapshot!(query_error(recursion.select()), @"a select with an order, a limit or a lock of its own can't be part of a recursion: order and limit the whole, or make the part a `subquery`");
    let recursion = titles().recursive_cte("tree", |tree| tree.select().limit(1));
    insta::assert_snapshot!(query_error(recursion.select()), @"a select with an order, a limit or a lock of its own can't be part of a recursion: order and limit the whole, or make the part a `subquery`");
    insta::assert_snapshot!(query_error(titles().for_update().union(titles())), @"a select with an order, a limit or a lock of its own can't be part of a union: order and limit the whole, or make the part a `subquery`");
    insta::assert_snapshot!(query_error(titles().union(titles()).order_by(Book::pages.asc())), @r#"a union is ordered by a column that its first select has; for anything else, order a select from it: `.subquery("name")`"#);
    // A name that is a table's, where that table stands in the statement too.
    let hidden = titles().filter(Book::id.gt(1)).cte("author");
    hidden.select().to_sql(&Dialect::sqlite()).unwrap();
    insta::assert_snapshot!(query_error(hidden.select().filter(exists(Author::select()))), @"the common table expression `author` is called as a table of the statement, which it would hide: rename the expression");
    // A lock inside, of groups, of no table.
    insta::assert_snapshot!(query_error(Book::select().filter(Book::id.in_(Book::select().columns(Book::id).for_update()))), @"rows are locked by the statement's own select, and not by one inside it: `for_update` stands on the outer one");
    insta::assert_snapshot!(query_error(Book::select().columns(Book::language).distinct().for_update()), @"what is made of several rows, or given only once, is no row that could be locked: lock the rows by their keys");
    let subquery = titles().subquery("t");
    insta::assert_snapshot!(subquery.select().for_update().to_sql(&Dialect::postgres()).unwrap_err(), @"only rows of tables can be locked, and the statement is from none: lock them where the subquery has them");
}

#[test]
fn windows_and_texts_that_can_not_be() {
    let from = |from, to| Book::select().columns(Book::pages.sum().over().rows(from, to));
    insta::assert_snapshot!(query_error(from(FrameBound::CurrentRow, FrameBound::Preceding(1))), @"the rows of a window end before they begin");
    from(FrameBound::Preceding(2), FrameBound::Preceding(1)).to_sql(&Dialect::sqlite()).unwrap();
    insta::assert_snapshot!(query_error(Book::select().columns(ntile(0).over().order_by(Book::id.asc()))), @"a window is cut into one part at least: `ntile(0)`");
    insta::assert_snapshot!(query_error(Book::select().columns(ntile(2).over())), @"a place in a window is one in an order: say which by `order_by`");
    insta::assert_snapshot!(query_error(Book::select().columns(Book::pages.count_distinct().over())), @"no server counts different values over the rows of a window: count them in a subquery");
    let framed = ntile(2).over().order_by(Book::id.asc()).rows(FrameBound::CurrentRow, FrameBound::CurrentRow);
    insta::assert_snapshot!(query_error(Book::select().columns(framed)), @"a place in a window is one of the whole partition: `rows` is for aggregates, `first_value` and `last_value`");
    insta::assert_snapshot!(query_error(Book::select().columns(Book::title.substring(0, 1))), @"a substring begins at character 1: its `start` is 0");
}

#[test]
fn a_column_that_a_bare_table_lacks() {
    insta::assert_snapshot!(query_error(SHELVES.select().filter(SHELVES.col::<i64>("rom").eq(1))), @"the table has no such column (table `shelves`, column `rom`)");
    insta::assert_snapshot!(action_error(SHELVES.insert([SHELVES.col::<i64>("rom").to(1)])), @"the table has no such column (table `shelves`, column `rom`)");
    insta::assert_snapshot!(action_error(SHELVES.update_all().set(SHELVES.col::<i64>("rom").to(1))), @"the updated table has no such column (column `rom`)");
}

#[test]
fn another_type_than_a_bare_table_declares() {
    insta::assert_snapshot!(query_error(SHELVES.select().filter(SHELVES.col::<i64>("room").eq(1))), @"the column is declared as Text, and is used as I64 (table `shelves`, column `room`)");
    insta::assert_snapshot!(action_error(SHELVES.insert([SHELVES.col::<i64>("room").to(1)])), @"the column is declared as Text, and is used as I64 (table `shelves`, column `room`)");
    insta::assert_snapshot!(action_error(SHELVES.update_all().set(SHELVES.col::<i64>("room").to(1))), @"the column is declared as Text, and is used as I64 (table `shelves`, column `room`)");
    let nullable = SHELVES.select().filter(SHELVES.col::<Option<String>>("room").is_null());
    assert!(nullable.to_sql(&Dialect::sqlite()).is_ok());
}

#[tokio::test]
async fn raw_sql_whose_columns_are_not_the_models() {
    let library = Library::open(Backend::Sqlite).await;
    let session = library.session();
    let others = ["SELECT id, born, name FROM author", "SELECT id, name FROM author", "SELECT id, name, born + 1 FROM author"];
    for sql in others.map(|sql| raw("default", sql).rows::<Author>()) {
        for error in [
            session.all(&sql).await.unwrap_err(),
            session.first(&sql).await.unwrap_err(),
            session.stream(&sql).try_next().await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.table()), (ErrorKind::Decode, Some("author")), "{error}");
        }
    }
    // The transaction and its connection go on.
    let tx = session.begin().await.unwrap();
    let error = tx.all(raw("default", "SELECT id, born, name FROM author").rows::<Author>()).await.unwrap_err();
    insta::assert_snapshot!(error, @"a row of this table is made from the columns `id`, `name`, `born`, first and in this order, and the SQL gives others (bind `default`, table `author`, column `name`)");
    let more = raw("default", "SELECT author.*, 1 AS more FROM author ORDER BY id").rows::<Author>();
    assert_eq!(tx.all(&more).await.unwrap(), tx.all(Author::select().order_by(Author::id.asc())).await.unwrap());
    assert_eq!(tx.count(&more).await.unwrap(), 5);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_table_that_was_not_created() {
    let library = Library::open(Backend::Sqlite).await;
    library.databases.drop_all("archive").await.unwrap();
    insta::assert_snapshot!(library.session().all(BOXES.select()).await.unwrap_err(), @"the statement names a table that is not in this database: `create_all` makes those that are declared (bind `archive`, table `boxes`)");
}

#[test]
fn a_table_that_is_not_joined() {
    insta::assert_snapshot!(query_error(Book::select().filter(Author::id.eq(1))), @"a column of `author` is used, but the statement doesn't join that table (column `id`)");
    insta::assert_snapshot!(query_error(Book::select().order_by(Author::id.asc())), @"a column of `author` is used, but the statement doesn't join that table (column `id`)");
    insta::assert_snapshot!(action_error(Book::delete().filter(Author::id.eq(1))), @"a column of `author` is used, but the statement doesn't join that table (column `id`)");
    let boss = Employee::alias("boss");
    insta::assert_snapshot!(query_error(Employee::select().filter(Employee::id.of(&boss).eq(1))), @"a column of the alias `boss` is used, but the statement doesn't join it (column `id`)");
}

#[test]
fn a_table_whose_name_is_an_inner_alias() {
    // On the server `author.id` is the alias's, which would be another question.
    let book = Book::alias("author");
    let inner = Book::select().join_alias(&book, Book::id.of(&book).eq(Book::id)).filter(Author::id.eq(Book::author_id));
    insta::assert_snapshot!(query_error(Author::select().filter(exists(inner))), @"a column of `author` is used where that is another table's alias: choose another alias (column `id`)");
}

#[test]
fn a_column_of_a_base_that_the_table_does_not_inherit() {
    insta::assert_snapshot!(query_error(Book::select().filter(Dated::year.eq(1984))), @"the column of an abstract base is used, but the statement's own table doesn't inherit it: say whose it is with `.on::<Model>()` (column `year`)");
}

#[test]
fn a_table_that_stands_there_twice() {
    insta::assert_snapshot!(query_error(Employee::select().join::<Employee>()), @r#"`employee` stands in the statement twice: join it once, or under an alias (`Model::alias("other")`)"#);
    insta::assert_snapshot!(query_error(Book::select().join::<Author>().join::<Author>()), @r#"`author` stands in the statement twice: join it once, or under an alias (`Model::alias("other")`)"#);
    let boss = Employee::alias("boss");
    let twice = Employee::select().join_alias(&boss, Employee::id.eq(Employee::id.of(&boss))).join_alias(&boss, Employee::id.eq(1));
    insta::assert_snapshot!(query_error(twice), @r#"`boss` stands in the statement twice: join it once, or under an alias (`Model::alias("other")`)"#);
}

#[test]
fn a_join_without_one_reference() {
    insta::assert_snapshot!(query_error(Author::select().join::<Employee>()), @"`employee` can't be joined: no reference is declared between it and `author`; name the condition with `join_on`");
    insta::assert_snapshot!(query_error(Review::select().join::<Book>().join::<Author>()), @"`author` can be joined in 2 ways: review.author_id -> author.id, book.author_id -> author.id; name the condition with `join_on`");
}

#[test]
fn a_union_whose_parts_are_ordered() {
    insta::assert_snapshot!(query_error(Author::select().order_by(Author::id.asc()).union(Author::select())), @"a select with an order, a limit or a lock of its own can't be part of a union: order and limit the whole, or make the part a `subquery`");
    let names = Author::select().columns(Author::name);
    insta::assert_snapshot!(query_error(names.clone().union(names).order_by(Author::id.asc())), @r#"a union is ordered by a column that its first select has; for anything else, order a select from it: `.subquery("name")`"#);
}

#[test]
fn a_union_whose_nulls_mysql_can_not_place() {
    let union = Author::select().union(Author::select()).order_by(Author::born.asc().nulls_last());
    assert_eq!(union.to_sql(&Dialect::mysql()).unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(union.to_sql(&Dialect::postgres()).unwrap().ends_with("ORDER BY 3 ASC NULLS LAST"));
}

#[test]
fn bare_tables_of_two_binds() {
    let archived = BOXES.select().columns(BOXES.col::<String>("room"));
    for error in [
        query_error(SHELVES.select().filter(SHELVES.col::<String>("room").in_(archived.clone()))),
        query_error(SHELVES.select().filter(BOXES.col::<String>("room").eq("x"))),
        query_error(SHELVES.select().columns(SHELVES.col::<String>("room")).union(archived.clone())),
        query_error(SHELVES.select().filter(exists(BOXES.select()))),
        action_error(SHELVES.delete().filter(BOXES.col::<String>("room").eq("x"))),
        action_error(SHELVES.update_all().set(SHELVES.col::<String>("room").to(BOXES.col::<String>("room")))),
    ] {
        assert_eq!(error.kind(), ErrorKind::CrossBind);
        assert!(error.to_string().contains("`default`") && error.to_string().contains("`archive`"), "{error}");
    }
    insta::assert_snapshot!(query_error(SHELVES.select().filter(SHELVES.col::<String>("room").in_(archived))), @"one statement can't name tables of two databases: `boxes` is on bind `archive`, the statement is for bind `default`; run one statement per bind and combine their rows in Rust, for example by `in_` over the keys that the first one gave");
    insta::assert_snapshot!(query_error(SHELVES.select().filter(BOXES.col::<String>("room").eq("x"))), @"one statement can't name tables of two databases: `boxes` is on bind `archive`, the statement is for bind `default`; run one statement per bind and combine their rows in Rust, for example by `in_` over the keys that the first one gave (column `room`)");
}

#[test]
fn a_value_that_no_column_takes() {
    let select = raw("default", "SELECT ?").param(f64::NAN).rows::<(f64,)>();
    insta::assert_snapshot!(query_error(select), @"NaN is no number that backends agree on: use NULL, an `Option` that is `None`");
    insta::assert_snapshot!(query_error(raw("Default", "SELECT 1")), @"`Default` is not a bind key: a key is a lower-case letter, then up to 31 lower-case letters, digits and single underscores");
}

#[tokio::test]
async fn what_is_refused_is_not_sent() {
    let library = Library::open(Backend::Sqlite).await;
    let session = library.session();
    let tx = session.begin().await.unwrap();
    let error = tx.execute(Author::update().filter(Author::id.gt(0))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    assert_eq!((error.bind().unwrap().as_str(), error.table()), ("default", Some("author")), "{error}");
    tx.commit().await.unwrap();
    assert_eq!(library.by_hand("SELECT name FROM author").len(), 5);
    // A statement that can't be built takes no connection.
    session.all(Book::select().filter(Author::id.eq(1))).await.unwrap_err();
    assert_eq!(library.databases.engine("default").unwrap().pool_status().in_use, 0);
    let many = Author::select().filter(Author::id.in_((0..40_000).collect::<Vec<i64>>()));
    insta::assert_snapshot!(session.all(many).await.unwrap_err(), @"the statement has 40000 parameters, and this server takes 32766: ask in several statements (bind `default`, table `author`)");
    let many = Author::delete().filter(Author::id.in_((0..40_000).collect::<Vec<i64>>()));
    insta::assert_snapshot!(session.execute(many).await.unwrap_err(), @"the statement has 40000 parameters, and this server takes 32766: ask in several statements (bind `default`, table `author`)");
    for column in [SHELVES.col::<String>("rooom"), BOXES.col("room")] {
        let foreign = SHELVES.select().columns(column);
        assert_eq!(session.count(&foreign).await.map_err(|error| error.kind()), Err(session.all(&foreign).await.unwrap_err().kind()));
    }
    insta::assert_snapshot!(session.all(raw("nowhere", "SELECT 1")).await.unwrap_err(), @"bind `nowhere` is not configured: the configured binds are `default`, `archive` (bind `nowhere`)");
    insta::assert_snapshot!(session.all(raw("default", "DELETE FROM author")).await.unwrap_err(), @"the statement writes, and was sent as one that only reads: say so by `writes()` (bind `default`)");
    insta::assert_snapshot!(session.count(raw("default", "DELETE FROM author").writes()).await.unwrap_err(), @"a statement that writes can't be counted or asked for existence: run it by `all` (bind `default`)");
    assert_eq!(library.by_hand("SELECT name FROM author").len(), 5);
}
