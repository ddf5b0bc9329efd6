//! SQLite's own.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};
use bindery_testkit::rolled_back;

use super::Real;
use crate::models::{Note, User, note, user};

#[tokio::test]
async fn where_the_server_ends_the_transaction_around_the_test_every_later_statement_says_so() -> Result<()> {
    let real = Real::filled().await;
    let test = rolled_back(&real.databases);
    let session = test.session();
    session.insert(note("lost")).await?;
    session.insert(user("ada")).await?;
    // This conflict clause rolls back whatever transaction it is in.
    let ends = raw("default", "INSERT OR ROLLBACK INTO notes (text) VALUES ('first')");
    assert_eq!(session.execute(ends).await.unwrap_err().kind(), ErrorKind::UniqueViolation);
    let tx = session.begin().await?;
    for error in [
        session.insert(note("autocommitted?")).await.unwrap_err(),
        session.count(Note::select()).await.unwrap_err(),
        tx.insert(note("autocommitted?")).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
        assert!(error.to_string().starts_with("the transaction around this test has ended on this bind"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(session.count(User::select()).await?, 2, "the other bind goes on");
    real.assert_untouched();
    test.finish().await?;
    real.assert_untouched();
    Ok(())
}
