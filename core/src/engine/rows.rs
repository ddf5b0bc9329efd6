use std::ops::{ControlFlow, DerefMut};
use std::sync::Arc;

use super::{Cells, ColumnInfo, FromRow, Lease, Row};
use crate::Result;

/// The open result of a lease, through a guard of it or a `&mut`. Dropped before its end, it leaves the result open: the lease must
/// close it ([`Lease::close_result`]), or its connection is cut off.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// use bindery::engine::{Effect, Lease, Rows, Statement};
///
/// let mut lease = Lease::new(databases.engine("auth")?.acquire(Effect::Read).await?, BindKey::from_static("auth"));
/// let columns = lease.query(&Statement::new("select email from users order by id", &[], Effect::Read)).await?;
/// let mut rows = Rows::new(&mut lease, columns);
/// assert_eq!(rows.columns()[0].name, "email");
/// let mut emails: Vec<(String,)> = Vec::new();
/// rows.next_into(&mut emails).await?; // some of them at least
/// assert_eq!(emails[0].0, "ada@example.org");
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

    /// The next rows, each made into `T`, after those in `into`. Whether there may be more: the last rows may come with `false`.
    ///
    /// # Errors
    /// What the connection says, and [`ErrorKind::Decode`](crate::ErrorKind::Decode) of a row that doesn't fit; the rows before it are in `into`.
    pub async fn next_into<T: FromRow>(&mut self, into: &mut Vec<T>) -> Result<bool> {
        self.next_up_to(usize::MAX, T::from_row, |row| into.push(row)).await
    }

    /// As [`next_into`](Rows::next_into), but no more than so many, each made by `read` and given to `take`. Where there is one more, it is
    /// lost: for whoever closes the result then.
    pub(crate) async fn next_up_to<T>(
        &mut self,
        most: usize,
        read: fn(&Row<'_>) -> Result<T>,
        mut take: impl FnMut(T) + Send,
    ) -> Result<bool> {
        let columns = &self.columns;
        let (mut taken, mut failed) = (0, None);
        let mut each = |cells: &dyn Cells| {
            if taken == most {
                return ControlFlow::Break(());
            }
            match read(&Row::new(cells, columns)) {
                Ok(row) => {
                    taken += 1;
                    take(row);
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        let more = self.lease.fetch(&mut each).await?;
        match failed {
            Some(error) => {
                self.lease.fail_result(error.kind());
                Err(error.on_bind(self.lease.bind()))
            }
            None => Ok(more),
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
