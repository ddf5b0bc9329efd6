//! The strings that break drivers.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::column::{Backend, Place, block_on};

#[derive(Model, Clone, Debug, PartialEq)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    short: Option<String>,
}

fn note(id: i64, text: &str) -> Note {
    Note { id, text: text.to_owned(), short: None }
}

/// What the backend's own client sees, in hexadecimal.
fn bytes_of(place: &Place, id: i64) -> String {
    match place {
        Place::Folder(_) => place.witness(&format!("SELECT lower(hex(CAST(text AS BLOB))) FROM note WHERE id = {id}")),
        Place::Postgres(_) => place.witness(&format!("SELECT encode(convert_to(text, 'UTF8'), 'hex') FROM note WHERE id = {id}")),
        Place::Mysql(_) => place.witness(&format!("SELECT lower(hex(text)) FROM note WHERE id = {id}")),
    }
}

fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn strings_that_break_drivers_go_and_come_back() -> Result<()> {
    let long = "🦀 e\u{301}\n".repeat((1 << 20) / 9);
    let strings = [
        "",
        " ",
        "'",
        "\"; DROP TABLE note; --",
        "\\",
        "$1 ? :name @name %s {}",
        "\r\n\t\u{1}\u{7f}",
        "🦀",
        "👩\u{200d}👩\u{200d}👧",
        "é",         // one code point
        "e\u{301}",  // two that look the same
        "\u{feff}x", // a byte order mark
        "\u{ffff}\u{10ffff}",
        "שלום",
        &long,
    ];
    for backend in Backend::ALL {
        let place = Place::new(backend);
        block_on(async {
            let databases = place.databases::<(Note,)>().await;
            let session = databases.session();
            for (text, id) in strings.iter().zip(0..) {
                let shown = text.chars().take(20).collect::<String>();
                assert_eq!(session.insert(note(id, text)).await?, note(id, text), "{shown:?}");
                assert!(bytes_of(&place, id) == hexadecimal(text), "{backend:?} has other bytes for {shown:?}");
                // Each is equal to itself only: nothing is normalised, trimmed or folded. But for the space on MySQL, of which more in
                // `padding`.
                let found = session.all(Note::select().filter(Note::text.eq(*text))).await?;
                let is_padded = backend.is_mysql() && *text == " ";
                assert!(found == [note(id, text)] || is_padded && found == [note(0, ""), note(id, text)], "{shown:?}");
            }
            // Many in one statement, which PostgreSQL is sent as an array.
            let copies = || strings.iter().zip(100..).map(|(text, id)| note(id, text));
            assert!(session.insert_many(copies()).await? == copies().collect::<Vec<_>>());
            for (text, id) in strings.iter().zip(100..) {
                assert!(bytes_of(&place, id) == hexadecimal(text));
            }
            assert_eq!(session.count(Note::select().filter(Note::text.in_(strings))).await? as usize, 2 * strings.len());
            databases.close().await;
            Ok::<(), bindery::Error>(())
        })?;
    }
    Ok(())
}

/// PostgreSQL's text can't hold it, and a server must not be left to cut it off.
#[test]
fn the_character_nul_is_refused_before_anything_is_sent() -> Result<()> {
    let place = Place::new(Backend::Postgres);
    block_on(async {
        let databases = place.databases::<(Note,)>().await;
        let session = databases.session();
        session.insert(note(1, "kept")).await?;
        let transaction = session.begin().await?;
        transaction.insert(note(2, "kept too")).await?;
        for error in [
            transaction.insert(note(3, "a\0b")).await.unwrap_err(),
            transaction.insert_many([note(3, "a"), note(4, "\0")]).await.unwrap_err(),
            transaction.insert(Note { short: Some("\0".to_owned()), ..note(3, "") }).await.unwrap_err(),
            transaction.execute(Note::update_all().set(Note::text.to("\0"))).await.unwrap_err(),
            transaction.all(Note::select().filter(Note::text.eq("\0"))).await.unwrap_err(),
            transaction.all(raw("default", "SELECT * FROM note WHERE text = $1").param("\0")).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error}");
            assert!(error.to_string().contains("PostgreSQL's text can't hold the character NUL"), "{error}");
        }
        // Nothing was sent: the server would have failed the transaction.
        transaction.commit().await?;
        assert_eq!(place.witness("SELECT string_agg(text, '|' ORDER BY id) FROM note"), "kept|kept too");
        databases.close().await;
        Ok(())
    })
}

#[derive(Model, Clone, Debug, PartialEq)]
struct Short {
    #[column(primary_key)]
    id: i64,
    #[column(max_length = 3)]
    word: Option<String>,
}

#[test]
fn a_text_that_is_longer_than_its_column_is_refused() -> Result<()> {
    for backend in Backend::ALL {
        let place = Place::new(backend);
        block_on(async {
            let databases = place.databases::<(Short,)>().await;
            let session = databases.session();
            let short = |id: i64, word: &str| Short { id, word: Some(word.into()) };
            // Three characters of four bytes each are three.
            session.insert_many([short(1, "\u{1f980}\u{1f980}\u{1f980}"), short(2, "abc"), short(3, "")]).await?;
            for error in [
                session.insert(short(4, "abcd")).await.unwrap_err(),
                // PostgreSQL would cut it, and MySQL too.
                session.insert(short(4, "abc ")).await.unwrap_err(),
                session.execute(Short::insert([short(4, "abc"), short(5, "äöüß")])).await.unwrap_err(),
                session.execute(Short::update_all().set(Short::word.to("abcd"))).await.unwrap_err(),
            ] {
                assert_eq!((error.kind(), error.table(), error.column()), (ErrorKind::InvalidValue, Some("short"), Some("word")));
                assert!(error.to_string().starts_with("the text has 4 characters, and its column at most 3: shorten it first"), "{error}");
            }
            // Compared it may be.
            assert_eq!(session.count(Short::select().filter(Short::word.lt("abcd"))).await?, 2);
            let (rows, longest) =
                session.one(raw("default", "SELECT count(*), max(length(word)) FROM short").rows::<(i64, Option<i64>)>()).await?;
            // In bytes, on MySQL.
            assert_eq!((rows, longest), (3, Some(if backend.is_mysql() { 12 } else { 3 })));
            Ok::<(), bindery::Error>(())
        })?;
    }
    Ok(())
}
