use std::sync::Mutex;

use async_trait::async_trait;
use bindery_core::engine::{Connection, Fate, GlobalId, TwoPhase};
use bindery_core::{ErrorKind, Result};

use crate::wrapper::Break;

/// Takes the server's answer to PREPARE for its consent, whatever it is.
#[derive(Default)]
pub(crate) struct SaysPrepared;

#[async_trait]
impl Break for SaysPrepared {
    async fn prepare(&self, inner: &mut dyn TwoPhase, id: &GlobalId) -> Result<()> {
        inner.prepare(id).await.or(Ok(()))
    }
}

/// Rolls back what was prepared when its connection comes back.
#[derive(Default)]
pub(crate) struct TidiesUp(Mutex<Option<GlobalId>>);

#[async_trait]
impl Break for TidiesUp {
    async fn prepare(&self, inner: &mut dyn TwoPhase, id: &GlobalId) -> Result<()> {
        *self.0.lock().unwrap() = Some(id.clone());
        inner.prepare(id).await
    }

    fn release(&self, mut inner: Box<dyn Connection>, fate: Fate) {
        let prepared = self.0.lock().unwrap().take();
        tokio::spawn(async move {
            if let (Some(id), Some(two_phase)) = (prepared, inner.two_phase()) {
                two_phase.rollback_prepared(&id).await.unwrap();
            }
            inner.release(fate);
        });
    }
}

/// Says of what isn't there that it has been finished.
#[derive(Default)]
pub(crate) struct FinishesAnything;

#[async_trait]
impl Break for FinishesAnything {
    async fn commit_prepared(&self, inner: &mut dyn TwoPhase, id: &GlobalId) -> Result<()> {
        match inner.commit_prepared(id).await {
            Err(error) if error.kind() == ErrorKind::UnknownTransaction => Ok(()),
            other => other,
        }
    }
}

/// Lists nothing.
#[derive(Default)]
pub(crate) struct ListsNothing;

#[async_trait]
impl Break for ListsNothing {
    async fn list_prepared(&self, _inner: &mut dyn TwoPhase) -> Result<Vec<GlobalId>> {
        Ok(Vec::new())
    }
}
