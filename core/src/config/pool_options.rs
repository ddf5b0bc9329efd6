use std::time::Duration;

/// The options that every bind has, whatever its backend.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolOptions {
    /// `pool_size`: the most connections; 10 unless told
    pub size: u32,
    /// `pool_timeout`: how long a statement waits for a connection; 30 seconds unless told
    pub timeout: Duration,
    /// `pool_recycle`: a connection older than this is replaced before its next use; never unless told
    pub recycle: Option<Duration>,
    /// `pool_pre_ping`: a connection is tried before each use; off unless told
    pub pre_ping: bool,
    /// `idle_timeout`: a connection that was free for longer is closed; 10 minutes unless told
    pub idle_timeout: Option<Duration>,
    /// `connect_timeout`: how long making a connection may take; 10 seconds unless told
    pub connect_timeout: Duration,
    /// `statement_cache_size`: prepared statements kept per connection; 128 unless told, 0 keeps none
    pub statement_cache_size: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        PoolOptions {
            size: 10,
            timeout: Duration::from_secs(30),
            recycle: None,
            pre_ping: false,
            idle_timeout: Some(Duration::from_secs(600)),
            connect_timeout: Duration::from_secs(10),
            statement_cache_size: 128,
        }
    }
}
