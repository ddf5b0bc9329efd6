use std::sync::Arc;

use super::*;

async fn create(engine: &Mysql) -> Result<Arc<dyn Engine>> {
    let mut connection = engine.acquire(Effect::Write).await?;
    let scratch = engine.catalog().unwrap().create_scratch(&mut *connection).await;
    connection.release(Fate::Clean);
    scratch
}

async fn drop_it(engine: &Mysql, scratch: Arc<dyn Engine>) -> Result<()> {
    let mut connection = engine.acquire(Effect::Write).await?;
    let dropped = engine.catalog().unwrap().drop_scratch(&mut *connection, scratch).await;
    connection.release(Fate::Clean);
    dropped
}

fn exists(database: &TempMysqlDatabase, name: &str) -> bool {
    database.sql(&format!("SHOW DATABASES LIKE '{name}'")).unwrap() == name
}

#[tokio::test]
async fn a_scratch_database_is_empty_like_its_own_and_gone_afterwards() {
    for database in databases() {
        database.sql(&format!("ALTER DATABASE {} COLLATE latin1_german1_ci; CREATE TABLE t (a int)", database.name())).unwrap();
        // One connection is enough.
        let engine = open_one(&database);
        let (scratch, other) = (create(&engine).await.unwrap(), create(&engine).await.unwrap());
        let name = scratch.namespace().to_owned();
        assert!(name.starts_with("bindery_scratch_") && name != other.namespace() && exists(&database, &name), "{name}");
        drop_it(&engine, other).await.unwrap();

        let mut connection = scratch.acquire(Effect::Write).await.unwrap();
        let catalog = scratch.catalog().unwrap();
        assert_eq!(catalog.reflect(&mut *connection).await.unwrap(), Default::default());
        for sql in ["CREATE TABLE t (a int)", "CREATE VIEW v AS SELECT a FROM t", "INSERT INTO t VALUES (1)"] {
            execute_on(&mut *connection, sql, &[]).await.unwrap();
        }
        let made = catalog.reflect(&mut *connection).await.unwrap();
        connection.release(Fate::Clean);
        assert_eq!(database.sql(&format!("SELECT a FROM {name}.v")).unwrap(), "1");
        // What is made alike in both is the same.
        database.sql("CREATE VIEW v AS SELECT a FROM t").unwrap();
        assert_eq!(made, reflect(&database).await);
        assert!(made.table("t").unwrap().options.as_deref().unwrap().contains("latin1_german1_ci"), "{made:?}");

        drop_it(&engine, scratch).await.unwrap();
        assert!(!exists(&database, &name));
        assert_eq!(database.sql("SELECT count(*) FROM t").unwrap(), "0");
        engine.close().await;
    }
}

#[tokio::test]
async fn who_may_not_make_one_is_told_what_to_grant() {
    for database in databases() {
        let user = format!("tries_{}", database.name());
        let engine = open_url(user_url(&database, &user), |pool| pool.size = 1);
        let error = create(&engine).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
        assert!(error.to_string().contains("GRANT ALL ON `bindery\\_scratch\\_%`.*"), "{error}");
        // The words of the message, and then it works.
        database.sql(&format!("GRANT ALL ON `bindery\\_scratch\\_%`.* TO {user}@'127.0.0.1'")).unwrap();
        let scratch = create(&engine).await.unwrap();
        let mut connection = scratch.acquire(Effect::Write).await.unwrap();
        execute_on(&mut *connection, "CREATE TABLE t (a int)", &[]).await.unwrap();
        connection.release(Fate::Clean);
        drop_it(&engine, scratch).await.unwrap();
        engine.close().await;
    }
}

#[tokio::test]
async fn only_a_scratch_database_is_dropped() {
    for database in databases() {
        let engine = open(&database);
        let own: Arc<dyn Engine> = Arc::new(open(&database));
        let error = drop_it(&engine, own).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error:?}");
        assert!(exists(&database, database.name()));
        engine.close().await;
    }
}
