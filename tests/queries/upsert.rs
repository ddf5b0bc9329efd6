//! Inserts of rows that may be there already.

use bindery::engine::{Capabilities, Dialect, UpsertForm};
use bindery::prelude::*;
use bindery::query::Action;
use bindery::schema::{Column, StaticTable, Table};
use bindery::{BindKey, ErrorKind, Result};

use crate::library::{Author, Backend, Employee, Library, SHELVES, Seat, on_each_backend};

/// Not registered: only its SQL is looked at.
static MEMBERS: StaticTable = StaticTable::new(|| {
    let id = Column::of::<i64>("id").primary_key();
    Table::new("members", BindKey::DEFAULT).column(id).column(Column::of::<String>("email").unique())
});

on_each_backend! {
    a_row_that_is_there_stays_or_is_updated,
    another_conflict_is_the_error_that_it_is,
    many_rows_are_one_insert,
}

/// How many rows were inserted or updated, where that is told: MySQL counts an updated row as two.
fn told(backend: Backend, rows: u64) -> Option<u64> {
    (!backend.is_mysql()).then_some(rows)
}

fn seat(number: i32, taken_by: &str) -> Seat {
    Seat { row: 1, number, taken_by: Some(taken_by.into()) }
}

/// As the witness has them.
fn seats(library: &Library) -> Vec<String> {
    library.by_hand("SELECT number, taken_by FROM seat ORDER BY number").iter().map(|row| row.join(" ")).collect()
}

async fn a_row_that_is_there_stays_or_is_updated(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    session.execute(Seat::insert([seat(1, "Ada")])).await?;
    let kept = Seat::insert([seat(1, "Bob"), seat(2, "Bob")]).on_conflict((Seat::row, Seat::number)).do_nothing();
    assert_eq!(session.execute(kept).await?.rows_affected, told(backend, 1));
    assert_eq!(seats(&library), ["1 Ada", "2 Bob"]);
    let updated = Seat::insert([seat(2, "Eve"), seat(3, "Eve")]).on_conflict((Seat::number, Seat::row)).do_update(Seat::taken_by);
    assert_eq!(session.execute(updated).await?.rows_affected, told(backend, 2));
    assert_eq!(seats(&library), ["1 Ada", "2 Eve", "3 Eve"]);
    let (id, room) = (SHELVES.col::<i64>("id"), SHELVES.col::<String>("room"));
    for name in ["north", "south"] {
        let shelf = SHELVES.insert([id.to(1), room.to(name)]).on_conflict(id.clone()).do_update(room.clone());
        session.execute(shelf).await?;
    }
    assert_eq!(library.by_hand("SELECT id, room FROM shelves"), [["1", "south"]]);
    Ok(())
}

async fn another_conflict_is_the_error_that_it_is(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let orphan = Employee { id: 1, name: "Ada".into(), manager_id: Some(7) };
    let insert = Employee::insert([orphan]).on_conflict(Employee::id).do_nothing();
    let error = library.session().execute(insert).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error:?}");
    Ok(())
}

async fn many_rows_are_one_insert(backend: Backend) -> Result<()> {
    let library = Library::empty(backend).await;
    let session = library.session();
    let rows = |name: &'static str| (0..20_000).map(move |number| seat(number, name));
    session.execute(Seat::insert(rows("Ada"))).await?;
    let again = Seat::insert(rows("Bob")).on_conflict((Seat::row, Seat::number)).do_update(Seat::taken_by);
    assert_eq!(session.execute(again).await?.rows_affected, told(backend, 20_000));
    assert_eq!(session.count(Seat::select().filter(Seat::taken_by.eq("Bob"))).await?, 20_000);
    Ok(())
}

#[test]
fn it_is_said_as_each_dialect_does() {
    let capabilities = Capabilities::none("a test");
    let insert = || Seat::insert([seat(1, "Ada")]).on_conflict((Seat::row, Seat::number));
    let own = Dialect::sqlite().with_quotes('[', ']').with_upsert(UpsertForm::OnDuplicateKey);
    let mut texts = Vec::new();
    for dialect in [Dialect::sqlite(), Dialect::postgres(), Dialect::mysql(), own] {
        for insert in [insert().do_nothing(), insert().do_update(Seat::taken_by)] {
            texts.extend(insert.to_sql(&dialect, &capabilities).unwrap());
        }
    }
    insta::assert_snapshot!(texts.join("\n"), @r#"
    INSERT INTO "seat" ("row", "number", "taken_by") VALUES (?, ?, ?) ON CONFLICT ("row", "number") DO NOTHING
    INSERT INTO "seat" ("row", "number", "taken_by") VALUES (?, ?, ?) ON CONFLICT ("row", "number") DO UPDATE SET "taken_by" = excluded."taken_by"
    INSERT INTO "seat" ("row", "number", "taken_by") VALUES ($1, $2, $3) ON CONFLICT ("row", "number") DO NOTHING
    INSERT INTO "seat" ("row", "number", "taken_by") VALUES ($1, $2, $3) ON CONFLICT ("row", "number") DO UPDATE SET "taken_by" = excluded."taken_by"
    INSERT INTO `seat` (`row`, `number`, `taken_by`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `row` = `row`, `number` = `number`
    INSERT INTO `seat` (`row`, `number`, `taken_by`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `taken_by` = VALUES(`taken_by`)
    INSERT INTO [seat] ([row], [number], [taken_by]) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE [row] = [row], [number] = [number]
    INSERT INTO [seat] ([row], [number], [taken_by]) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE [taken_by] = VALUES([taken_by])
    "#);
    let lacking = Dialect::sqlite().with_upsert(UpsertForm::None);
    assert_eq!(insert().do_nothing().to_sql(&lacking, &capabilities).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn what_could_be_silent_is_refused() {
    let refused = |action: &dyn Action, dialect: Dialect| action.to_sql(&dialect, &Capabilities::none("a test")).unwrap_err();
    let author = || Author::insert([Author { id: 1, name: "Ada".into(), born: None }]);
    // No key: two backends would refuse it, and the third would take any other for it.
    let error = refused(&author().on_conflict(Author::name).do_nothing(), Dialect::mysql());
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    let error = refused(&Seat::insert([seat(1, "Ada")]).on_conflict(Seat::row).do_nothing(), Dialect::sqlite());
    insta::assert_snapshot!(error, @"a conflict is one of the primary key or of a unique constraint: name all columns of one, as the table declares it (table `seat`)");
    // MySQL would update a row of the same e-mail, which was not asked for.
    let member = || MEMBERS.insert([MEMBERS.col::<i64>("id").to(1), MEMBERS.col::<String>("email").to("ada@example.org")]);
    let by_id = || member().on_conflict(MEMBERS.col::<i64>("id")).do_nothing();
    assert!(by_id().to_sql(&Dialect::postgres(), &Capabilities::none("a test")).is_ok());
    assert_eq!(refused(&by_id(), Dialect::mysql()).kind(), ErrorKind::Unsupported);
}
