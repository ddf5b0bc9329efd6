//! A process that is killed in the middle of an upgrade: each bind is at a recorded step, and the next run ends what it began.

use std::time::{Duration, Instant};

use bindery::Result;
use bindery::migrate::{Direction, Target};
use bindery::session::All;
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::ground::{BINDS, Backend, Ground, on_each_backend, rounds};
use crate::ladder::Ladder;

on_each_backend!(at_random_moments, on_the_way_back);

async fn at_random_moments(backend: Backend) -> Result<()> {
    let mut halves = 0;
    kill(backend, Direction::Up, rounds(10), async |ground, ladder| {
        let migrations = ground.migrations().await;
        // The lock waits for whatever the server is still doing for the one who is dead.
        migrations.upgrade(All).await?;
        let history = migrations.history("default").await?;
        halves += usize::from(history.iter().any(|entry| entry.run_by != history[0].run_by || entry.begun_at != history[0].begun_at));
        ladder.check_whole(ground);
        for bind in BINDS {
            assert!(migrations.current(bind).await?[0].unfinished.is_none());
        }
        Ok(())
    })
    .await;
    assert!(halves > 0, "no run was cut off in its middle");
    Ok(())
}

async fn on_the_way_back(backend: Backend) -> Result<()> {
    kill(backend, Direction::Down, rounds(5), async |ground, ladder| {
        ground.migrations().await.downgrade(All, Target::Nothing).await?;
        ladder.check_gone(ground);
        Ok(())
    })
    .await;
    Ok(())
}

/// Begins to migrate in a process, kills it, and ends what it began.
async fn kill(backend: Backend, direction: Direction, rounds: usize, mut end: impl AsyncFnMut(&Ground, &Ladder) -> Result<()>) {
    let begin = async || {
        let ground = Ground::new(backend);
        let ladder = Ladder::write(&ground);
        if direction == Direction::Down {
            ground.migrations().await.upgrade(All).await.unwrap();
        }
        (ground, ladder)
    };
    let whole = {
        let (ground, _) = begin().await;
        let started = Instant::now();
        assert!(ground.migrate_in_a_process(direction).wait().unwrap().success());
        started.elapsed()
    };
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let mut seeds = [0; 32];
    seeds[..16].copy_from_slice(&seed.to_le_bytes());
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &seeds);
    for round in 0..rounds {
        let (ground, ladder) = begin().await;
        let mut child = ground.migrate_in_a_process(direction);
        let micros = u64::try_from(whole.as_micros()).unwrap();
        std::thread::sleep(Duration::from_micros(random.next_u64() % micros));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        ladder.check_recorded(&ground, direction);
        end(&ground, &ladder).await.unwrap_or_else(|error| panic!("round {round} of seed {seed}: {error:?}"));
    }
}
