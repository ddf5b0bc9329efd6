//! Text sorts by code point, as in Rust, also in a database whose own order is that of a language.

use bindery::prelude::*;
use bindery::{MysqlDriver, PostgresDriver, Result};
use bindery_testkit::{MysqlFlavor, TempMysql, TempPostgres, TempPostgresDatabase};

use crate::column::block_on;

#[derive(Model, Clone, Debug, PartialEq)]
struct Word {
    // MySQL has no key of a text of any length.
    #[column(primary_key, max_length = 10)]
    short: String,
    text: Option<String>,
}

fn word(text: &str) -> Word {
    Word { short: text.to_owned(), text: Some(text.to_owned()) }
}

/// A database beside another, ordered as English is.
fn in_english(beside: &TempPostgresDatabase) -> String {
    let name = format!("{}_english", beside.name());
    beside.psql(&format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")).unwrap();
    name
}

async fn text_sorts_by_code_point(session: &Session) -> Result<()> {
    session.insert_many(["z", "é", "B", "a", "-b", "aB"].map(word)).await?;

    let sorted = ["-b", "B", "a", "aB", "z", "é"].map(word);
    assert_eq!(session.all(Word::select().order_by(Word::short.asc())).await?, sorted);
    assert_eq!(session.all(Word::select().order_by(Word::text.asc())).await?, sorted);
    assert_eq!(session.all(Word::select().filter(Word::short.lt("a")).order_by(Word::short.asc())).await?, sorted[..2]);
    assert_eq!(session.all(Word::select().filter(Word::text.gt("a")).order_by(Word::short.asc())).await?, sorted[3..]);
    let ends = Word::select().columns((Word::short.min(), Word::short.max(), Word::text.min(), Word::text.max()));
    let (first, last) = (Some("-b".to_owned()), Some("é".to_owned()));
    assert_eq!(session.one(ends).await?, (first.clone(), last.clone(), first, last));
    Ok(())
}

#[test]
fn text_sorts_by_code_point_in_a_database_of_another_order() -> Result<()> {
    let database = TempPostgres::shared().unwrap().database().unwrap();
    let english = in_english(&database);
    let psql = |sql: &str| database.psql(&format!("\\connect {english}\n{sql}")).unwrap();
    assert_eq!(psql("SELECT 'a' < 'B', 'B' < 'z', 'é' < 'z'"), "t|t|t", "the database itself sorts as a dictionary does");
    block_on(async {
        let builder = Databases::builder().bind("default", database.url().with_path(&english)).driver(PostgresDriver).without_registered();
        let databases = builder.models::<(Word,)>().connect().await?;
        databases.create_all(All).await?;
        text_sorts_by_code_point(&databases.session()).await?;
        databases.close().await;
        Ok::<(), bindery::Error>(())
    })?;
    database.psql(&format!("DROP DATABASE {english}")).unwrap();
    Ok(())
}

/// In whatever order, and of whatever letters: `latin1` has no emoji.
#[test]
fn text_sorts_by_code_point_in_a_database_of_another_character_set() -> Result<()> {
    for flavor in [MysqlFlavor::MariaDb, MysqlFlavor::MySql] {
        let database = TempMysql::shared(flavor).unwrap().database().unwrap();
        for of_database in ["CHARACTER SET latin1 COLLATE latin1_german1_ci", "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"] {
            database.sql(&format!("ALTER DATABASE {} {of_database}", database.name())).unwrap();
            database.sql("CREATE TABLE others (word varchar(9)); INSERT INTO others VALUES ('a'), ('B')").unwrap();
            assert_eq!(database.sql("SELECT word < 'B' FROM others").unwrap(), "1\n0", "the database itself sorts as a dictionary does");
            block_on(async {
                let builder = Databases::builder().bind("default", database.url()).driver(MysqlDriver).without_registered();
                let databases = builder.models::<(Word,)>().connect().await?;
                databases.create_all(All).await?;
                text_sorts_by_code_point(&databases.session()).await?;
                databases.session().insert(word("🦀")).await?;
                assert_eq!(databases.session().get::<Word>("🦀".to_owned()).await?, Some(word("🦀")));
                databases.drop_all(All).await?;
                databases.close().await;
                Ok::<(), bindery::Error>(())
            })?;
            database.sql("DROP TABLE others").unwrap();
        }
    }
    Ok(())
}
