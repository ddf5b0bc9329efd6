//! Text sorts by code point, as in Rust, also in a database whose own order is that of a language.

use bindery::prelude::*;
use bindery::{PostgresDriver, Result};
use bindery_testkit::{TempPostgres, TempPostgresDatabase};

use crate::column::block_on;

#[derive(Model, Clone, Debug, PartialEq)]
struct Word {
    #[column(primary_key)]
    text: String,
    #[column(max_length = 10)]
    short: Option<String>,
}

fn word(text: &str) -> Word {
    Word { text: text.to_owned(), short: Some(text.to_owned()) }
}

/// A database beside another, ordered as English is.
fn in_english(beside: &TempPostgresDatabase) -> String {
    let name = format!("{}_english", beside.name());
    beside.psql(&format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")).unwrap();
    name
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
        let session = databases.session();
        session.insert_many(["z", "é", "B", "a", "-b", "aB"].map(word)).await?;

        let sorted = ["-b", "B", "a", "aB", "z", "é"].map(word);
        assert_eq!(session.all(Word::select().order_by(Word::text.asc())).await?, sorted);
        assert_eq!(session.all(Word::select().order_by(Word::short.asc())).await?, sorted);
        assert_eq!(session.all(Word::select().filter(Word::text.lt("a")).order_by(Word::text.asc())).await?, sorted[..2]);
        assert_eq!(session.all(Word::select().filter(Word::short.gt("a")).order_by(Word::text.asc())).await?, sorted[3..]);
        let ends = Word::select().columns((Word::text.min(), Word::text.max(), Word::short.min(), Word::short.max()));
        let (first, last) = (Some("-b".to_owned()), Some("é".to_owned()));
        assert_eq!(session.one(ends).await?, (first.clone(), last.clone(), first, last));
        databases.close().await;
        Ok::<(), bindery::Error>(())
    })?;
    database.psql(&format!("DROP DATABASE {english}")).unwrap();
    Ok(())
}
