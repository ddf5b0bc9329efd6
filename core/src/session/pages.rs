//! Queries by the page.

use super::page::{Page, number_of_pages};
use super::session::Session;
use super::verbs::located;
use crate::engine::Engine;
use crate::query::{Query, Select};
use crate::{Error, ErrorKind, Result};

impl<E: Engine + ?Sized> Session<E> {
    /// One page of a select, and how many rows there are on all pages. Pages are numbered from 1, and have `size` rows each. Rows that
    /// are alike in the select's order are in that of their primary keys (of a grouped select the group's keys, of a distinct one all of its columns),
    /// so that no row is on two pages.
    ///
    /// It is two statements, the count first: another session that writes in between shows, and one that inserts between two pages
    /// moves rows from one to the next. In a transaction of level [`RepeatableRead`](crate::engine::IsolationLevel) neither does.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let best = Post::select().order_by(Post::stars.desc());
    /// let page = session.page(best.clone(), 1, 2).await?;
    /// assert_eq!((page.items.len(), page.total, page.next()), (2, Some(3), Some(2)));
    ///
    /// let none = session.page(best, 3, 2).await.unwrap_err();
    /// assert_eq!(none.kind(), ErrorKind::NotFound);
    /// assert_eq!(none.to_string(), "page 3 was asked for, and there are 2 (bind `default`, table `posts`)");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all); [`ErrorKind::NotFound`] for a page behind the last one (the first page is always there);
    /// [`ErrorKind::InvalidStatement`] for page 0, pages of 0 rows, and a select that has a limit or an offset.
    pub async fn page<R: Send + 'static, B>(&self, select: Select<R, B>, number: u64, size: u64) -> Result<Page<R>> {
        let (bind, table) = (select.bind(), select.table());
        let read = async {
            let offset = offset(number, size)?;
            let part = select.clone().part(offset, size)?;
            let total = self.count(select).await?;
            let pages = number_of_pages(total, size);
            if number > pages {
                let there = if pages == 1 { "is 1".to_owned() } else { format!("are {pages}") };
                let message = format!("page {number} was asked for, and there {there}");
                return Err(Error::new(ErrorKind::NotFound, message));
            }
            let items = self.all(part).await?;
            Ok(Page { items, number, size, total: Some(total), has_next: number < pages })
        };
        let page = read.await;
        let bind = bind?;
        page.map_err(|error| located(error, table).on_bind(bind))
    }

    /// As [`page`](Session::page), without the count, which takes the server long for many rows: one statement, which asks for one row more to know
    /// whether there is a next page.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let page = session.page_uncounted(Post::select(), 1, 2).await?;
    /// assert_eq!((page.items.len(), page.total, page.next()), (2, None, Some(2)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`page`](Session::page): a page without rows is [`ErrorKind::NotFound`], except the first.
    pub async fn page_uncounted<R: Send + 'static, B>(&self, select: Select<R, B>, number: u64, size: u64) -> Result<Page<R>> {
        let (bind, table) = (select.bind(), select.table());
        let read = async {
            let part = select.part(offset(number, size)?, size.saturating_add(1))?;
            let mut items = self.all(part).await?;
            if items.is_empty() && number > 1 {
                return Err(Error::new(ErrorKind::NotFound, format!("page {number} was asked for, and there are fewer")));
            }
            let has_next = u64::try_from(items.len()).is_ok_and(|rows| rows > size);
            if has_next {
                items.pop();
            }
            Ok(Page { items, number, size, total: None, has_next })
        };
        let page = read.await;
        let bind = bind?;
        page.map_err(|error| located(error, table).on_bind(bind))
    }
}

/// How many rows stand before a page.
fn offset(number: u64, size: u64) -> Result<u64> {
    let invalid = |message: String| Err(Error::new(ErrorKind::InvalidStatement, message));
    let Some(before) = number.checked_sub(1) else {
        return invalid("pages are numbered from 1: there is no page 0".to_owned());
    };
    if size == 0 {
        return invalid("a page has one row at least: its size is 0".to_owned());
    }
    // What servers take, with room for the one row more.
    let most = i64::MAX.unsigned_abs() - 1;
    match before.checked_mul(size) {
        Some(offset) if offset <= most && size <= most => Ok(offset),
        _ => invalid(format!("page {number} of {size} rows each is beyond what a server can count to")),
    }
}
