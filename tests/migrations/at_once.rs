//! Many processes that upgrade at the same time: each migration is run once, by one of them.

use bindery::Result;

use crate::child::DONE;
use crate::ground::{BINDS, Backend, Ground, on_each_backend, rounds};
use crate::ladder::Ladder;

on_each_backend!(ten_processes);

const PROCESSES: usize = 10;

async fn ten_processes(backend: Backend) -> Result<()> {
    for round in 0..rounds(4) {
        let ground = Ground::new(backend);
        let ladder = Ladder::write(&ground);
        let children: Vec<_> = (0..PROCESSES).map(|_| ground.upgrade_in_a_process()).collect();
        let mut steps = 0;
        for child in children {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "round {round}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
            let done = said.lines().find_map(|line| line.split_once(DONE)).unwrap_or_else(|| panic!("round {round}: {said}"));
            steps += done.1.trim().parse::<usize>().unwrap();
        }
        assert_eq!(steps, BINDS.len() * ladder.len(), "round {round}");
        ladder.check_whole(&ground);
    }
    Ok(())
}
