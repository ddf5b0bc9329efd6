use super::*;

async fn lock(engine: &Mysql, connection: &mut dyn Connection, patience: Duration) -> Result<()> {
    engine.catalog().unwrap().lock(connection, patience).await
}

const SOON: Duration = Duration::from_millis(120);

#[tokio::test]
async fn one_connection_has_the_lock_of_a_database() {
    for database in databases() {
        let (engine, other) = (open(&database), database.server().database().unwrap());
        let mut first = engine.acquire(Effect::Read).await.unwrap();
        let mut second = engine.acquire(Effect::Read).await.unwrap();
        lock(&engine, &mut *first, SOON).await.unwrap();
        let id = query_on(&mut *first, "select connection_id()", &[]).await.unwrap()[0][0].clone();

        let begun = Instant::now();
        let error = lock(&engine, &mut *second, SOON).await.unwrap_err();
        assert!(begun.elapsed() >= SOON && begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        assert_eq!(error.kind(), ErrorKind::Locked, "{error:?}");
        let Value::I64(id) = id else { panic!("{id:?}") };
        let said = error.to_string();
        assert!(said.contains(&format!("connection {id} of `root` from `127.0.0.1:")) && said.contains(&format!("`KILL {id}`")), "{said}");

        // That of another database is another one.
        let elsewhere = open(&other);
        let mut third = elsewhere.acquire(Effect::Read).await.unwrap();
        lock(&elsewhere, &mut *third, Duration::ZERO).await.unwrap();
        third.release(Fate::Lent);
        until_all_are_back(&elsewhere).await;
        elsewhere.close().await;

        // Given back, it is had at once, also without patience.
        engine.catalog().unwrap().unlock(&mut *first).await.unwrap();
        lock(&engine, &mut *second, Duration::ZERO).await.unwrap();
        assert_eq!(lock(&engine, &mut *first, Duration::ZERO).await.unwrap_err().kind(), ErrorKind::Locked);

        // And it ends with its connection, for whoever waits.
        let waiting = lock(&engine, &mut *first, Duration::from_secs(10));
        let releasing = async {
            tokio::time::sleep(SOON).await;
            second.release(Fate::Lent);
        };
        let (locked, ()) = tokio::join!(waiting, releasing);
        locked.unwrap();
        first.release(Fate::Lent);
        until_all_are_back(&engine).await;
        assert_eq!(
            database.sql("select count(*) from information_schema.processlist where db = database() and id <> connection_id()").unwrap(),
            "0"
        );
        engine.close().await;
    }
}

/// Whoever may not see the others' connections is told the number at least.
#[tokio::test]
async fn a_user_without_rights_is_told_the_holder_s_number() {
    for database in databases() {
        let (root, user) = (open(&database), open_url(user_url(&database, &format!("waits_{}", database.name())), |_| {}));
        let mut holder = root.acquire(Effect::Read).await.unwrap();
        lock(&root, &mut *holder, SOON).await.unwrap();
        let mut connection = user.acquire(Effect::Read).await.unwrap();
        let error = lock(&user, &mut *connection, Duration::ZERO).await.unwrap_err();
        assert!(error.to_string().contains(" holds it; wait until") && !error.to_string().contains("root"), "{error}");
        connection.release(Fate::Lent);
        holder.release(Fate::Lent);
        root.close().await;
        user.close().await;
    }
}

#[tokio::test]
async fn waiting_and_running_are_bounded() {
    for database in databases() {
        database.sql("CREATE TABLE t (a int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t VALUES (1)").unwrap();
        let engine = open(&database);
        let catalog = engine.catalog().unwrap();
        let mut connection = engine.acquire(Effect::Write).await.unwrap();
        let settings = "SELECT @@lock_wait_timeout, @@innodb_lock_wait_timeout";
        let before = query_on(&mut *connection, settings, &[]).await.unwrap();
        catalog.set_timeouts(&mut *connection, Some(Duration::from_millis(1_001)), None).await.unwrap();
        assert_eq!(query_on(&mut *connection, settings, &[]).await.unwrap(), [[Value::I64(2), Value::I64(2)]]);
        catalog.set_timeouts(&mut *connection, Some(Duration::from_millis(50)), Some(Duration::from_millis(300))).await.unwrap();
        assert_eq!(query_on(&mut *connection, settings, &[]).await.unwrap(), [[Value::I64(1), Value::I64(1)]]);

        let mut reader = begin(&engine).await.unwrap();
        query_on(&mut *reader, "SELECT a FROM t", &[]).await.unwrap();
        // MariaDB's limit of the statement comes first.
        let kinds = [ErrorKind::Locked, ErrorKind::Timeout];
        let error = execute_on(&mut *connection, "ALTER TABLE t ADD b int", &[]).await.unwrap_err();
        assert_eq!(error.kind(), kinds[usize::from(is_mariadb(&database))], "{error:?}");
        reader.rollback().await.unwrap();
        reader.release(Fate::Clean);

        let slow = query_on(&mut *connection, "SELECT sleep(0.7)", &[]).await;
        match is_mariadb(&database) {
            true => assert_eq!(slow.unwrap_err().kind(), ErrorKind::Timeout),
            false => assert_eq!(slow.unwrap(), [[Value::I64(0)]]),
        }
        catalog.set_timeouts(&mut *connection, None, None).await.unwrap();
        assert_eq!(query_on(&mut *connection, settings, &[]).await.unwrap(), before);
        query_on(&mut *connection, "SELECT sleep(0.5)", &[]).await.unwrap();
        catalog.set_timeouts(&mut *connection, Some(Duration::MAX), Some(Duration::MAX)).await.unwrap();
        catalog.set_timeouts(&mut *connection, Some(Duration::ZERO), Some(Duration::ZERO)).await.unwrap();
        connection.release(Fate::Lent);
        // Nobody else has these limits.
        assert_eq!(query(&engine, settings, &[]).await.unwrap(), before);
        engine.close().await;
    }
}
