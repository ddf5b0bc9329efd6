use std::ops::DerefMut;
use std::sync::Arc;

use super::{Batch, ColumnInfo, FromRow, Lease, Row};
use crate::Result;

/// The open result of a lease, through a guard of it or a `&mut`. Dropped before its end, it leaves the result open: the lease must
/// close it ([`Lease::close_result`]), or its connection is cut off.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// use bindery::engine::{Effect, Lease, Row, Rows, Statement};
///
/// let mut lease = Lease::new(databases.engine("auth")?.acquire(Effect::Read).await?, BindKey::from_static("auth"));
/// let columns = lease.query(&Statement::new("select email from users order by id", &[], Effect::Read)).await?;
/// let mut rows = Rows::new(&mut lease, columns);
/// let columns = rows.columns().clone();
/// if let Some(batch) = rows.next_batch().await? {
///     assert_eq!(Row::new(&*batch, &columns, 0).get::<String>(0)?, "ada@example.org");
/// }
/// rows.close().await?;
/// # Ok(())
/// # }
/// ```
pub struct Rows<L: DerefMut<Target = Lease>> {
    lease: L,
    columns: Arc<[ColumnInfo]>,
}

impl<L: DerefMut<Target = Lease>> Rows<L> {
    /// The result that a query has just opened.
    pub fn new(lease: L, columns: Arc<[ColumnInfo]>) -> Self {
        Rows { lease, columns }
    }

    /// The columns of the result.
    pub fn columns(&self) -> &Arc<[ColumnInfo]> {
        &self.columns
    }

    /// The next rows; `None` once the result has ended.
    ///
    /// # Errors
    /// What the connection says, with the bind.
    pub async fn next_batch(&mut self) -> Result<Option<Box<dyn Batch>>> {
        self.lease.fetch().await
    }

    /// The next rows, each made into `T`, after those in `into`; `false` once the result has ended.
    ///
    /// # Errors
    /// What the connection says, and [`ErrorKind::Decode`](crate::ErrorKind::Decode) of a row that doesn't fit; the rows before it are in `into`.
    pub async fn next_into<T: FromRow>(&mut self, into: &mut impl Extend<T>) -> Result<bool> {
        let Some(batch) = self.next_batch().await? else { return Ok(false) };
        let batch = &*batch;
        let mut failed = None;
        let rows = (0..batch.len()).map_while(|row| match T::from_row(&Row::new(batch, &self.columns, row)) {
            Ok(row) => Some(row),
            Err(error) => {
                failed = Some(error.on_bind(self.lease.bind()));
                None
            }
        });
        into.extend(rows);
        match failed {
            Some(error) => {
                self.lease.fail_result(error.kind());
                Err(error)
            }
            None => Ok(true),
        }
    }

    /// Gives up the rest, so that the connection can be used again.
    ///
    /// # Errors
    /// What the connection says; it is then cut off.
    pub async fn close(mut self) -> Result<()> {
        self.lease.close_result().await
    }
}

impl<L: DerefMut<Target = Lease>> Drop for Rows<L> {
    fn drop(&mut self) {
        self.lease.give_up_result();
    }
}
