use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::engine::{Capabilities, Connection, TransactionOptions};

use crate::wrapper::Break;

/// Begins a transaction that is to be prepared as one that can't be.
#[derive(Default)]
pub(crate) struct ForgetsThePromise;

#[async_trait]
impl Break for ForgetsThePromise {
    async fn begin(&self, inner: &mut dyn Connection, options: &TransactionOptions<'_>) -> Result<()> {
        let mut options = *options;
        options.global_id = None;
        inner.begin(&options).await
    }
}

/// Says that it can what the server can't.
#[derive(Default)]
pub(crate) struct Boasts;

impl Break for Boasts {
    fn capabilities(&self, inner: &Capabilities) -> Capabilities {
        let mut capabilities = inner.clone();
        capabilities.two_phase = true;
        capabilities
    }
}
