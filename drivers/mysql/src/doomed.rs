use futures_util::FutureExt;
use mysql_async::Conn;

/// A connection that is closed, also where it is dropped. The client library's pool would clean one that is dropped, and give it to someone else.
pub(crate) struct Doomed(Option<Conn>);

impl Doomed {
    pub(crate) fn new(conn: Conn) -> Self {
        Doomed(Some(conn))
    }

    /// Closes it with a goodbye.
    pub(crate) async fn disconnect(&mut self) {
        if let Some(conn) = self.0.take() {
            let _ = conn.disconnect().await;
        }
    }
}

impl Drop for Doomed {
    fn drop(&mut self) {
        // At its first step it is marked as closed, and then it is; what comes after is a goodbye to the server.
        let _ = self.disconnect().now_or_never();
    }
}
