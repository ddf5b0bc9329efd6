use super::*;

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(10);

fn locks(database: &TempPostgresDatabase) -> String {
    let sql = "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    database.psql(sql).unwrap()
}

async fn until_free(database: &TempPostgresDatabase) {
    until("the lock is free", || locks(database) == "0").await;
}

#[tokio::test]
async fn one_connection_at_a_time_and_the_other_is_told_who() {
    let database = database();
    let engine = open_url(database.url().with_parameter("application_name", "shop api"), |_| {});
    let (mut one, mut two) = (lease(&engine).await, lease(&engine).await);
    one.lock(catalog(&engine), SHORT).await.unwrap();
    assert_eq!(locks(&database), "1");

    let begun = Instant::now();
    let error = two.lock(catalog(&engine), SHORT).await.unwrap_err();
    assert!(begun.elapsed() >= SHORT && begun.elapsed() < LONG, "{:?}", begun.elapsed());
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Locked, true), "{error:?}");
    let pid = database.psql("select pid from pg_locks where locktype = 'advisory'").unwrap();
    let since =
        format!("select to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from pg_stat_activity where pid = {pid}");
    let since = database.psql(&since).unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "the schema `public` is locked for changes by the server's process {pid} of `shop api`, connected since {since} UTC (waited 150ms): \
             wait until it is done, or end it by `SELECT pg_terminate_backend({pid})` (step `lock for migrations`, bind `default`)"
        )
    );

    // Who was refused can be used still.
    one.unlock(catalog(&engine)).await.unwrap();
    assert_eq!(locks(&database), "0");
    two.lock(catalog(&engine), Duration::ZERO).await.unwrap();
    two.unlock(catalog(&engine)).await.unwrap();
}

#[tokio::test]
async fn who_waits_gets_it_once_it_is_free_and_no_statement_runs_meanwhile() {
    let database = database();
    let engine = open(&database);
    let (mut one, mut two) = (lease(&engine).await, lease(&engine).await);
    one.lock(catalog(&engine), SHORT).await.unwrap();
    let (waited, ()) = tokio::join!(two.lock(catalog(&engine), LONG), async {
        // What waits for statements that are there, and their snapshots, comes to its end beside it.
        database.psql("create table t (a int)").unwrap();
        database.psql("create index concurrently ix on t (a)").unwrap();
        one.unlock(catalog(&engine)).await.unwrap();
    });
    waited.unwrap();
    assert_eq!(locks(&database), "1");
}

#[tokio::test]
async fn it_ends_with_its_lease_however_that_ends() {
    let database = database();
    let engine = open(&database);
    let mut given_back = lease(&engine).await;
    given_back.lock(catalog(&engine), SHORT).await.unwrap();
    drop(given_back);
    until_free(&database).await;

    let mut cut_off_later = lease(&engine).await;
    cut_off_later.lock(catalog(&engine), SHORT).await.unwrap();
    let slept = cut_off(SHORT, cut_off_later.execute(&Statement::new("select pg_sleep(60)", &[], Effect::Write))).await;
    assert!(slept.is_none());
    assert_eq!(locks(&database), "1");
    drop(cut_off_later);
    until_free(&database).await;

    // Dropped at each of the first awaits of it, the server may have given it already.
    for polls in 1..12 {
        let mut lease = lease(&engine).await;
        let mut left = polls;
        let mut locking = Box::pin(lease.lock(catalog(&engine), LONG));
        std::future::poll_fn(|context| {
            left -= 1;
            if locking.as_mut().poll(context).is_ready() || left == 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        drop(locking);
        drop(lease);
        until_free(&database).await;
    }
    until_all_are_back(&engine).await;

    // A connection that a function of core's was used on, without this engine's own catalog.
    let mut connection = engine.acquire(Effect::Write).await.unwrap();
    bindery_core::catalog::postgres::lock(&mut *connection, SHORT).await.unwrap();
    connection.release(Fate::Lent);
    until_free(&database).await;
}

#[tokio::test]
async fn each_schema_and_each_database_has_its_own() {
    let [database, other] = [(); 2].map(|()| database());
    database.psql("create schema shop").unwrap();
    let engines = [open(&database), open_url(with_search_path(&database, "shop"), |_| {}), open(&other)];
    let mut leases = Vec::new();
    for engine in &engines {
        let mut lease = lease(engine).await;
        lease.lock(catalog(engine), Duration::ZERO).await.unwrap();
        leases.push(lease);
    }
    assert_eq!((locks(&database), locks(&other)), ("2".to_owned(), "1".to_owned()));
    for (engine, lease) in engines.iter().zip(&mut leases) {
        lease.unlock(catalog(engine)).await.unwrap();
    }
    assert_eq!((locks(&database), locks(&other)), ("0".to_owned(), "0".to_owned()));
}

#[tokio::test]
async fn it_is_given_back_whatever_the_search_path_is_by_then_and_only_by_its_holder() {
    let database = database();
    let engine = open(&database);
    let (mut one, mut two) = (lease(&engine).await, lease(&engine).await);
    one.lock(catalog(&engine), SHORT).await.unwrap();
    let error = two.unlock(catalog(&engine)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
    assert!(error.to_string().contains("pgbouncer"), "{error}");
    // As the scripts of pg_dump do.
    one.execute(&Statement::new("select set_config('search_path', '', false)", &[], Effect::Write)).await.unwrap();
    one.unlock(catalog(&engine)).await.unwrap();
    assert_eq!(locks(&database), "0");
}
