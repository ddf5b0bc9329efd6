use std::ops::ControlFlow;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;

use super::*;
use crate::engine::{Effect, TwoPhase};

/// A connection that answers nothing, notes its fate, and never ends a statement named `wait`.
struct Noting {
    capabilities: Capabilities,
    fate: Arc<Mutex<Option<Fate>>>,
}

#[async_trait]
impl Connection for Noting {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn execute(&mut self, statement: &Statement<'_>) -> Result<Executed> {
        if statement.sql == "wait" {
            std::future::pending::<()>().await;
        }
        Ok(Executed::default())
    }

    async fn query(&mut self, _: &Statement<'_>) -> Result<Arc<[ColumnInfo]>> {
        Ok(Arc::new([]))
    }

    async fn fetch(&mut self, _: &mut EachRow<'_>) -> Result<bool> {
        Ok(false)
    }

    async fn close_result(&mut self) -> Result<()> {
        Ok(())
    }

    async fn begin(&mut self, _: &TransactionOptions<'_>) -> Result<()> {
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        Err(Error::new(ErrorKind::SerializationFailure, "not now"))
    }

    async fn rollback(&mut self) -> Result<()> {
        Ok(())
    }

    async fn savepoint(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    async fn rollback_to_savepoint(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    async fn release_savepoint(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    fn two_phase(&mut self) -> Option<&mut dyn TwoPhase> {
        self.capabilities.two_phase.then_some(self)
    }

    fn native(&mut self) -> Option<&mut dyn Any> {
        Some(&mut self.fate)
    }

    fn release(self: Box<Self>, fate: Fate) {
        *self.fate.lock().unwrap() = Some(fate);
    }
}

#[async_trait]
impl TwoPhase for Noting {
    async fn prepare(&mut self, _: &GlobalId) -> Result<()> {
        Ok(())
    }

    async fn commit_prepared(&mut self, _: &GlobalId) -> Result<()> {
        Ok(())
    }

    async fn rollback_prepared(&mut self, _: &GlobalId) -> Result<()> {
        Err(Error::new(ErrorKind::ConnectionLost, "not now"))
    }

    async fn list_prepared(&mut self) -> Result<Vec<GlobalId>> {
        Ok(Vec::new())
    }
}

/// In what state the connection comes back after this.
async fn fate_after(work: impl AsyncFnOnce(&mut Lease)) -> Option<Fate> {
    fate_of(Capabilities::none("noting"), work).await
}

async fn fate_of(capabilities: Capabilities, work: impl AsyncFnOnce(&mut Lease)) -> Option<Fate> {
    let fate = Arc::new(Mutex::new(None));
    let connection = Noting { capabilities, fate: Arc::clone(&fate) };
    let mut lease = Lease::new(Box::new(connection), BindKey::DEFAULT);
    work(&mut lease).await;
    drop(lease);
    *fate.lock().unwrap()
}

fn statement(sql: &str) -> Statement<'_> {
    Statement::new(sql, &[], Effect::Write)
}

#[tokio::test]
async fn what_is_done_comes_back_clean() {
    assert_eq!(fate_after(async |_| {}).await, Some(Fate::Clean));
    let read = async |lease: &mut Lease| {
        lease.query(&statement("select")).await.unwrap();
        assert!(!lease.fetch(&mut |_| ControlFlow::Continue(())).await.unwrap());
    };
    assert_eq!(fate_after(read).await, Some(Fate::Clean));
    let rolled_back = async |lease: &mut Lease| {
        lease.begin(&TransactionOptions::default()).await.unwrap();
        lease.rollback().await.unwrap();
    };
    assert_eq!(fate_after(rolled_back).await, Some(Fate::Clean));
}

#[tokio::test]
async fn an_open_transaction_is_told() {
    let begun = async |lease: &mut Lease| lease.begin(&TransactionOptions::default()).await.unwrap();
    assert_eq!(fate_after(begun).await, Some(Fate::InTransaction));
    let failed = async |lease: &mut Lease| {
        lease.begin(&TransactionOptions::default()).await.unwrap();
        let error = lease.commit().await.unwrap_err();
        assert_eq!((error.step(), error.bind()), (Some("commit"), Some(BindKey::DEFAULT)));
    };
    assert_eq!(fate_after(failed).await, Some(Fate::InTransaction));
}

#[tokio::test]
async fn an_open_result_is_cut_off() {
    let half_read = async |lease: &mut Lease| drop(lease.query(&statement("select")).await.unwrap());
    assert_eq!(fate_after(half_read).await, Some(Fate::CutOff));
    let closed = async |lease: &mut Lease| {
        lease.query(&statement("select")).await.unwrap();
        lease.close_result().await.unwrap();
    };
    assert_eq!(fate_after(closed).await, Some(Fate::Clean));
}

#[tokio::test]
async fn a_prepared_transaction_is_told_until_it_is_finished() {
    let id = GlobalId::new("one").unwrap();
    let mut capabilities = Capabilities::none("noting");
    capabilities.two_phase = true;
    let prepared = async |lease: &mut Lease| {
        lease.begin(&TransactionOptions::default()).await.unwrap();
        lease.prepare(&id).await.unwrap();
    };
    assert_eq!(fate_of(capabilities.clone(), prepared).await, Some(Fate::Prepared));
    let in_doubt = async |lease: &mut Lease| {
        lease.prepare(&id).await.unwrap();
        let error = lease.rollback_prepared(&id).await.unwrap_err();
        assert_eq!(error.step(), Some("rollback prepared"));
    };
    assert_eq!(fate_of(capabilities.clone(), in_doubt).await, Some(Fate::Prepared));
    let finished = async |lease: &mut Lease| {
        lease.begin(&TransactionOptions::default()).await.unwrap();
        lease.prepare(&id).await.unwrap();
        lease.commit_prepared(&id).await.unwrap();
    };
    assert_eq!(fate_of(capabilities, finished).await, Some(Fate::Clean));
    let refused = async |lease: &mut Lease| {
        lease.begin(&TransactionOptions::default()).await.unwrap();
        assert_eq!(lease.prepare(&id).await.unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(lease.list_prepared().await.unwrap_err().kind(), ErrorKind::Unsupported);
    };
    assert_eq!(fate_after(refused).await, Some(Fate::InTransaction));
}

#[tokio::test]
async fn a_loan_is_told() {
    let lent = async |lease: &mut Lease| {
        assert_eq!(lease.native::<String>().unwrap_err().kind(), ErrorKind::Unsupported);
        lease.native::<Arc<Mutex<Option<Fate>>>>().unwrap();
        lease.begin(&TransactionOptions::default()).await.unwrap();
    };
    assert_eq!(fate_after(lent).await, Some(Fate::Lent));
    let lent_on = async |lease: &mut Lease| assert!(lease.native_any().unwrap().is::<Arc<Mutex<Option<Fate>>>>());
    assert_eq!(fate_after(lent_on).await, Some(Fate::Lent));
}

#[tokio::test]
async fn a_dropped_call_is_cut_off_and_never_used_again() {
    let dropped = async |lease: &mut Lease| {
        let wait = statement("wait");
        let mut call = Box::pin(lease.execute(&wait));
        assert!(matches!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        drop(call);
        let error = lease.execute(&statement("select")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionAborted);
        // Nor does being asked for anything else mend it.
        let id = GlobalId::new("one").unwrap();
        for error in [
            lease.prepare(&id).await.unwrap_err(),
            lease.commit_prepared(&id).await.unwrap_err(),
            lease.rollback_prepared(&id).await.unwrap_err(),
            lease.list_prepared().await.unwrap_err(),
            lease.execute(&statement("select")).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.bind()), (ErrorKind::TransactionAborted, Some(BindKey::DEFAULT)));
        }
    };
    assert_eq!(fate_after(dropped).await, Some(Fate::CutOff));
}
