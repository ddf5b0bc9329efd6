use tokio::task::AbortHandle;

/// The task that drives a connection. It goes on without its client until all that was sent is answered, and then takes its leave of the
/// server. Dropped while an answer is [owed](Self::set_owed), it is aborted: that answer may never come.
pub(crate) struct DriveTask {
    task: AbortHandle,
    is_owed: bool,
}

impl DriveTask {
    /// Of a connection that isn't set up yet, which owes its answers until then.
    pub(crate) fn new(task: AbortHandle) -> Self {
        DriveTask { task, is_owed: true }
    }

    pub(crate) fn set_owed(&mut self, is_owed: bool) {
        self.is_owed = is_owed;
    }

    /// Closes the connection without waiting for any answer.
    pub(crate) fn abort(&self) {
        self.task.abort();
    }
}

impl Drop for DriveTask {
    fn drop(&mut self) {
        if self.is_owed {
            self.abort();
        }
    }
}
