//! On MySQL and MariaDB the shorter of two texts is filled up with spaces before they are compared, in every collation that both have.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::column::{Backend, Place, block_on};

#[derive(Model, Clone, Debug, PartialEq)]
struct Word {
    #[column(primary_key)]
    id: i64,
    #[column(unique, max_length = 10)]
    text: String,
}

fn word(id: i64, text: &str) -> Word {
    Word { id, text: text.to_owned() }
}

/// What `bindery::value` says of it. The spaces are kept, and `like` counts them.
fn spaces_at_the_end_do_not_count(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    block_on(async {
        let databases = place.databases::<(Word,)>().await;
        let session = databases.session();
        assert_eq!(session.insert(word(1, "a  ")).await?, word(1, "a  "));
        assert_eq!(place.witness("SELECT hex(text) FROM word"), "612020");
        let count = async |condition| session.count(Word::select().filter(condition)).await.unwrap();
        assert_eq!(count(Word::text.eq("a")).await, 1);
        assert_eq!(count(Word::text.in_(["a "])).await, 1);
        assert_eq!(count(Word::text.ne("a")).await, 0);
        assert_eq!(count(Word::text.gt("a")).await, 0);
        assert_eq!((count(Word::text.like("a")).await, count(Word::text.like("a  ")).await), (0, 1));
        assert_eq!(session.insert(word(2, "a")).await.unwrap_err().kind(), ErrorKind::UniqueViolation);

        // So what is below a space is below the end.
        session.insert(word(3, "a\t")).await?;
        let sorted = session.all(Word::select().order_by(Word::text.asc())).await?;
        assert_eq!(sorted, [word(3, "a\t"), word(1, "a  ")]);
        // At the beginning and within they count.
        session.insert_many([word(4, " a"), word(5, "a b")]).await?;
        assert_eq!((count(Word::text.eq(" a")).await, count(Word::text.eq("ab")).await), (1, 0));
        databases.close().await;
        Ok(())
    })
}

#[test]
fn spaces_at_the_end_do_not_count_on_mariadb() -> Result<()> {
    spaces_at_the_end_do_not_count(Backend::MariaDb)
}

#[test]
fn spaces_at_the_end_do_not_count_on_mysql_5_7() -> Result<()> {
    spaces_at_the_end_do_not_count(Backend::MySql57)
}

/// Elsewhere they do.
#[test]
fn spaces_at_the_end_count_on_sqlite_and_postgres() -> Result<()> {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let place = Place::new(backend);
        block_on(async {
            let databases = place.databases::<(Word,)>().await;
            let session = databases.session();
            session.insert_many([word(1, "a  "), word(2, "a"), word(3, "a\t")]).await?;
            assert_eq!(session.all(Word::select().filter(Word::text.eq("a"))).await?, [word(2, "a")]);
            assert_eq!(session.all(Word::select().order_by(Word::text.asc())).await?, [word(2, "a"), word(3, "a\t"), word(1, "a  ")]);
            databases.close().await;
            Ok::<(), bindery::Error>(())
        })?;
    }
    Ok(())
}
