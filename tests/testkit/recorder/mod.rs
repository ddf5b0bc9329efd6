//! The recorder, as the unit tests of an application use it.

mod faults;
mod pool;
mod routing;
mod script;

use bindery::prelude::*;
use bindery_testkit::recorder::Recorder;

/// An application's databases, none of which is there.
async fn databases(recorder: &Recorder) -> Databases {
    let builder = Databases::builder().driver(recorder.driver());
    let builder = builder.bind("default", "recorder://").bind("auth", "recorder://").bind("meta", "recorder://");
    builder.engine_option("pool_size", 2).engine_option("pool_timeout", "100ms").connect().await.unwrap()
}

/// The texts that a bind was sent.
fn sent(recorder: &Recorder, bind: &str) -> Vec<String> {
    recorder.sent(bind).unwrap().into_iter().map(|sent| sent.sql).collect()
}
