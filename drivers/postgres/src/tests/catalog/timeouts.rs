use super::*;

#[tokio::test]
async fn a_statement_waits_for_a_lock_and_runs_as_long_as_it_may() {
    let database = database();
    database.psql("create table t (a int)").unwrap();
    let engine = open(&database);
    let mut blocker = begin(&engine).await.unwrap();
    execute_on(&mut *blocker, "lock table t", &[]).await.unwrap();

    let mut lease = lease(&engine).await;
    let run = async |lease: &mut Lease, sql| {
        lease.execute(&Statement::new(sql, &[], Effect::Write)).await.map(drop).map_err(|error| error.kind())
    };
    lease.set_timeouts(catalog(&engine), Some(Duration::from_millis(50)), None).await.unwrap();
    assert_eq!(run(&mut lease, "alter table t add b int").await, Err(ErrorKind::Locked));
    assert_eq!(run(&mut lease, "select pg_sleep(0.2)").await, Ok(()));
    // The shortest is no end of all limits.
    lease.set_timeouts(catalog(&engine), None, Some(Duration::from_nanos(1))).await.unwrap();
    assert_eq!(run(&mut lease, "select pg_sleep(60)").await, Err(ErrorKind::Timeout));
    drop(lease);
    blocker.release(Fate::InTransaction);
}

#[tokio::test]
async fn none_is_without_an_end_and_nobody_inherits_them() {
    let database = database();
    database.psql(&format!("alter database {} set statement_timeout = '7s'", database.name())).unwrap();
    let engine = open_one(&database);
    let shown = "select current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')";
    let show = async |lease: &mut Lease| {
        let columns = lease.query(&Statement::new(shown, &[], Effect::Read)).await.unwrap();
        let mut settings: Vec<String> = Vec::new();
        let mut rows = bindery_core::engine::Rows::new(lease, columns);
        while rows.next_into(&mut settings).await.unwrap() {}
        settings.remove(0)
    };
    let mut one = lease(&engine).await;
    for (lock, statement, expected) in [
        (Some(Duration::from_millis(1500)), Some(Duration::from_secs(60)), "1500ms 1min"),
        (Some(Duration::MAX), None, "2147483647ms 0"),
        (None, None, "0 0"),
        (Some(Duration::from_secs(3)), Some(Duration::ZERO), "3s 1ms"),
    ] {
        one.set_timeouts(catalog(&engine), lock, statement).await.unwrap();
        if statement != Some(Duration::ZERO) {
            assert_eq!(show(&mut one).await, expected);
        }
    }
    drop(one);
    assert_eq!(show(&mut lease(&engine).await).await, "0 7s");
}
