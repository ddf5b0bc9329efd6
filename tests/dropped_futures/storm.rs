use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery::config::DatabaseUrl;
use bindery::engine::{Driver, Effect, Engine, Lease, Rows, Statement};
use bindery::prelude::*;
use bindery::{BindKey, Result};

use super::stage::{Histogram, Stage, drop_in};
use super::watched::{WatchedDriver, WatchedEngine};

/// Names the variable of the environment with how many operations are dropped.
const OPERATIONS: &str = "BINDERY_DROPPED_FUTURES";
/// The pool's size, and how many operations run at once: most of them wait for a connection.
pub(crate) const POOL: usize = 6;
const WORKERS: usize = 18;

/// One row of an operation, which writes two, or none.
#[derive(Model, Debug)]
#[model(table = "marks")]
pub(crate) struct Mark {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    pub(crate) operation: i64,
    pub(crate) half: i64,
}

/// Rows enough for a result of many parts.
#[derive(Model, Debug)]
#[model(table = "numbers")]
pub(crate) struct Number {
    #[column(primary_key)]
    pub(crate) number: i64,
    pub(crate) text: String,
}

/// A database under the storm.
pub(crate) struct Storm<D: Driver> {
    pub(crate) databases: Databases<WatchedEngine<D::Engine>>,
    histogram: Arc<Histogram>,
    next: Arc<AtomicI64>,
    outcomes: Arc<Mutex<Outcomes>>,
}

/// The operations of which it is known what must be in the database.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    /// their commit returned
    pub(crate) committed: HashSet<i64>,
    /// they were dropped in their commit: all or nothing
    pub(crate) in_doubt: HashSet<i64>,
}

impl<D: Driver> Storm<D> {
    pub(crate) async fn new(driver: D, url: DatabaseUrl, options: &[(&str, &str)]) -> Result<Self> {
        let mut builder = Databases::with_driver(WatchedDriver(driver)).bind("default", url);
        for (name, value) in options {
            builder = builder.bind_option("default", *name, *value);
        }
        let builder = builder.engine_option("pool_size", POOL as i64).engine_option("pool_timeout", 60);
        let databases = builder.connect().await?;
        databases.create_all(All).await?;
        let numbers = (0..3_000).map(|number| Number { number, text: "x".repeat(100) });
        databases.session().execute(Number::insert(numbers)).await?;
        Ok(Storm { databases, histogram: Arc::default(), next: Arc::default(), outcomes: Arc::default() })
    }

    /// Drops so many operations, or as many as the environment says, about as many in each stage, and prints how many.
    pub(crate) async fn rage(&self, operations: usize, grace: &[u64]) -> Outcomes {
        let operations = std::env::var(OPERATIONS).map_or(operations, |number| number.parse().expect("a number of operations"));
        let workers = (0..WORKERS).map(|worker| {
            let session = self.databases.session();
            let (histogram, next, outcomes) = (Arc::clone(&self.histogram), Arc::clone(&self.next), Arc::clone(&self.outcomes));
            let grace: Vec<_> = grace.iter().map(|millis| Duration::from_millis(*millis)).collect();
            tokio::spawn(async move {
                let mut round = worker;
                while histogram.total() < operations {
                    let operation = next.fetch_add(1, Ordering::Relaxed);
                    let stage = histogram.rarest();
                    round += 1;
                    let run = run(&session, operation, stage, &outcomes);
                    match drop_in(stage, grace[round % grace.len()], run).await {
                        Some(Stage::Commit) => {
                            histogram.count(Stage::Commit);
                            outcomes.lock().unwrap().in_doubt.insert(operation);
                        }
                        Some(dropped) => histogram.count(dropped),
                        None => {}
                    }
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
        println!("{}", self.histogram);
        assert!(self.histogram.each_has(0.10), "each stage should have a tenth");
        std::mem::take(&mut *self.outcomes.lock().unwrap())
    }

    /// As many checkouts as the pool has connections, at once: each gets the answer to its own question.
    pub(crate) async fn check_every_connection(&self, question: &'static str) {
        let engine = self.databases.engine("default").unwrap();
        let together = Arc::new(tokio::sync::Barrier::new(POOL));
        let checks: Vec<_> = (0..POOL)
            .map(|number| {
                let (engine, together) = (Arc::clone(engine), Arc::clone(&together));
                tokio::spawn(async move {
                    let connection = engine.acquire(Effect::Read).await.unwrap();
                    together.wait().await; // all are out
                    let mut lease = Lease::new(connection, BindKey::DEFAULT);
                    for round in 0..5 {
                        let answer = (number * 100 + round) as i64;
                        let sql = question.replace("{answer}", &answer.to_string());
                        let columns = lease.query(&Statement::new(&sql, &[], Effect::Read)).await.unwrap();
                        let mut rows: Vec<(i64,)> = Vec::new();
                        let mut result = Rows::new(&mut lease, columns);
                        while result.next_into::<(i64,)>(&mut rows).await.unwrap() {}
                        assert_eq!(rows, [(answer,)]);
                    }
                })
            })
            .collect();
        for check in checks {
            check.await.unwrap();
        }
    }

    /// Of each operation there are both rows or none, as its commit said.
    pub(crate) fn check_marks(outcomes: &Outcomes, marks: &[(i64, i64)]) {
        let mut in_doubt_committed = 0;
        for (operation, rows) in marks {
            assert_eq!(*rows, 2, "half of operation {operation} is there");
            let known = outcomes.committed.contains(operation);
            let in_doubt = outcomes.in_doubt.contains(operation);
            assert!(known || in_doubt, "operation {operation} was not committed, and its rows are there");
            in_doubt_committed += usize::from(in_doubt);
        }
        let there: HashSet<i64> = marks.iter().map(|(operation, _)| *operation).collect();
        assert!(outcomes.committed.is_subset(&there), "a committed operation is not there");
        println!("of {} dropped in their commit, {in_doubt_committed} were committed", outcomes.in_doubt.len());
    }
}

/// One operation that comes to this stage.
async fn run<E: Engine>(session: &Session<E>, operation: i64, stage: Stage, outcomes: &Mutex<Outcomes>) {
    if stage == Stage::MidStream {
        let mut numbers = session.stream(Number::select());
        while let Some(_number) = numbers.try_next().await.unwrap() {}
        return;
    }
    let tx = session.begin().await.unwrap();
    for half in [1, 2] {
        tx.execute(Mark::insert([NewMark { operation, half }])).await.unwrap();
    }
    if stage == Stage::Rollback {
        tx.rollback().await.unwrap();
    } else {
        tx.commit().await.unwrap();
        outcomes.lock().unwrap().committed.insert(operation);
    }
}
