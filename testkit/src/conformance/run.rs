use bindery_core::engine::{Driver, Engine};
use tokio::runtime::Builder;

use super::ground::Ground;
use super::setup::Setup;

/// Runs one test on the engine's own type, and again on `dyn Engine`. In a runtime of one thread, where whatever blocks it blocks
/// everything; the section about several threads has several.
pub fn run<S: Setup>(
    setup: S,
    section: &str,
    typed: impl AsyncFnOnce(&Ground<<S::Driver as Driver>::Engine>),
    erased: impl AsyncFnOnce(&Ground<dyn Engine>),
) {
    let mut builder = if section == "concurrency" { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    let runtime = builder.enable_all().build().expect("tokio could not start");
    runtime.block_on(async {
        let database = setup.database().await.unwrap_or_else(|error| panic!("the setup gave no database: {error}"));
        let said = Said("on the engine's own type");
        typed(&Ground::typed(&setup, &database)).await;
        drop((said, database));

        let database = setup.database().await.unwrap_or_else(|error| panic!("the setup gave no database: {error}"));
        let said = Said("on `dyn Engine`");
        erased(&Ground::erased(&setup, &database)).await;
        drop((said, database));
    });
}

/// Says at which of the two a test has failed.
struct Said(&'static str);

impl Drop for Said {
    #[allow(clippy::print_stderr)] // beside the panic's own message
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the test of the conformance suite failed {}", self.0);
        }
    }
}
