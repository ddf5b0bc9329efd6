//! bindery beside diesel, in one process and on one SQLite file.
//!
//! diesel has made the table and goes on using it by its own connection. bindery binds the file, and each library sees what the
//! other wrote, when it was committed and not before. The program fails at the first row that is not as it should be.
//!
//! ```text
//! cargo run --manifest-path examples/beside_sqlx/Cargo.toml --target-dir target --bin beside_diesel
//! ```
//!
//! The file is in a temporary folder. diesel blocks its thread while it works: a server would call it in `tokio::task::spawn_blocking`,
//! this program has nothing else to do.

mod check;

use std::error::Error;

use bindery::prelude::*;
use bindery::query::Expression; // by name: both preludes have a trait that is called this, and bindery's is meant
use bindery_testkit::TempSqlite;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use check::{check, listed};

diesel::table! {
    books (id) {
        id -> BigInt,
        title -> Text,
        copies -> BigInt,
    }
}

#[derive(Model, Debug)]
#[model(table = "books")]
struct Book {
    #[column(primary_key, generated)]
    id: i64,
    title: String,
    copies: i64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = TempSqlite::new()?;

    // The application as it was: diesel.
    let mut diesel = SqliteConnection::establish(&file.path("books").to_string_lossy())?;
    diesel.batch_execute("create table books (id integer primary key, title text not null, copies integer not null)")?;
    let emma = (books::title.eq("Emma"), books::copies.eq(2));
    let persuasion = (books::title.eq("Persuasion"), books::copies.eq(1));
    diesel::insert_into(books::table).values(vec![emma, persuasion]).execute(&mut diesel)?;

    // bindery, beside it.
    let databases = bindery::builder().bind("default", file.url("books")).connect().await?;
    let session = databases.session();

    let diesel_has: String = diesel::select(sql::<Text>("sqlite_version()")).get_result(&mut diesel)?;
    let (bindery_has,): (String,) = session.one(raw("default", "select sqlite_version()").rows()).await?;
    check("one SQLite in the process", &bindery_has, &diesel_has)?;

    check("bindery reads the books", &books_by_bindery(&session).await?, "Emma 2, Persuasion 1")?;

    let tx = session.begin().await?;
    tx.execute(Book::update().set(Book::copies.to(1)).filter(Book::title.eq("Emma"))).await?;
    tx.insert(NewBook { title: "Sanditon".into(), copies: 4 }).await?;
    check("diesel reads the books before the commit", &books_by_diesel(&mut diesel)?, "Emma 2, Persuasion 1")?;
    tx.commit().await?;
    check("diesel reads the books after it", &books_by_diesel(&mut diesel)?, "Emma 1, Persuasion 1, Sanditon 4")?;

    // diesel goes on.
    diesel::update(books::table.filter(books::title.eq("Persuasion"))).set(books::copies.eq(3)).execute(&mut diesel)?;
    diesel::delete(books::table.filter(books::title.eq("Sanditon"))).execute(&mut diesel)?;
    check("bindery reads the books that diesel changed", &books_by_bindery(&session).await?, "Emma 1, Persuasion 3")?;

    databases.close().await;
    Ok(())
}

async fn books_by_bindery(session: &Session) -> bindery::Result<String> {
    Ok(listed(&session.all(Book::select().columns((Book::title, Book::copies)).order_by(Book::id.asc())).await?))
}

fn books_by_diesel(diesel: &mut SqliteConnection) -> QueryResult<String> {
    Ok(listed(&books::table.select((books::title, books::copies)).order_by(books::id.asc()).load(diesel)?))
}
