//! A process that is killed in the middle of an upgrade: each bind is at a recorded step, and the next run ends what it began.

use std::time::{Duration, Instant};

use bindery::Result;
use bindery::session::All;
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::ground::{BINDS, Backend, Ground, on_each_backend, rounds};
use crate::ladder::Ladder;

on_each_backend!(at_random_moments);

async fn at_random_moments(backend: Backend) -> Result<()> {
    let whole = {
        let ground = Ground::new(backend);
        Ladder::write(&ground);
        let started = Instant::now();
        assert!(ground.upgrade_in_a_process().wait().unwrap().success());
        started.elapsed()
    };
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let mut seeds = [0; 32];
    seeds[..16].copy_from_slice(&seed.to_le_bytes());
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &seeds);
    let mut halves = 0;
    for round in 0..rounds(10) {
        let ground = Ground::new(backend);
        let ladder = Ladder::write(&ground);
        let mut child = ground.upgrade_in_a_process();
        let micros = u64::try_from(whole.as_micros()).unwrap();
        std::thread::sleep(Duration::from_micros(random.next_u64() % micros));
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        ladder.check_recorded(&ground);

        let migrations = ground.migrations().await;
        let what = format!("round {round} of seed {seed}");
        // The lock waits for whatever the server is still doing for the one who is dead.
        migrations.upgrade(All).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        let history = migrations.history("default").await?;
        halves += usize::from(history.iter().any(|entry| entry.run_by != history[0].run_by || entry.begun_at != history[0].begun_at));
        ladder.check_whole(&ground);
        for bind in BINDS {
            assert!(migrations.current(bind).await?[0].unfinished.is_none(), "{what}");
        }
    }
    assert!(halves > 0, "no run was cut off in its middle");
    Ok(())
}
