/// How far an insert of many rows is: what [`Insert::on_progress`](super::Insert::on_progress) and
/// [`InsertStream::on_progress`](crate::session::InsertStream::on_progress) tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The rows that the server has taken so far.
    pub rows: u64,
    /// All that there are to be; `None` where that isn't known: of a select, of a stream.
    pub total: Option<u64>,
    /// Those of [`rows`](Progress::rows) that are committed, and stay whatever comes. Until the end there are none, but for a stream that
    /// [commits on its way](crate::session::InsertStream::commit_every).
    pub committed: u64,
}
