//! An upgrade whose future is dropped, anywhere: the next one goes on, and nothing is held.

use std::time::{Duration, Instant};

use bindery::Result;

use crate::ground::{BINDS, Backend, Ground, on_each_backend, rounds};
use crate::ladder::Ladder;

on_each_backend!(anywhere);

async fn anywhere(backend: Backend) -> Result<()> {
    let whole = {
        let ground = Ground::new(backend);
        Ladder::write(&ground);
        let started = Instant::now();
        ground.migrations().await.upgrade(BINDS).await?;
        started.elapsed()
    };
    let rounds = u32::try_from(rounds(3)).unwrap();
    for round in 1..=rounds {
        let ground = Ground::new(backend);
        let ladder = Ladder::write(&ground);
        // The same pool: what is left on a connection would be found by the next.
        let migrations = ground.migrations().await;
        let after: Duration = whole * round / (rounds + 1);
        let _ = tokio::time::timeout(after, migrations.upgrade(BINDS)).await;
        migrations.upgrade(BINDS).await?;
        ladder.check_whole(&ground);
    }
    Ok(())
}
