//! Queries by the page.

use super::cursor::Cursor;
use super::cursor_page::CursorPage;
use super::page::{Page, number_of_pages};
use super::session::Session;
use super::verbs::located;
use crate::engine::Engine;
use crate::query::{DynamicRow, Keyset, Query, Select};
use crate::schema::Table;
use crate::{BindKey, Error, ErrorKind, Result};

impl<E: Engine + ?Sized> Session<E> {
    /// One page of a select, and how many rows there are on all pages. Pages are numbered from 1, and have `size` rows each. Rows that
    /// are alike in the select's order are in that of their primary keys (of a grouped select the group's keys; of a distinct one, and of rows without a key, all columns),
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
        read.await.map_err(|error| placed(error, bind, table))
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
            let has_next = cut(&mut items, size);
            Ok(Page { items, number, size, total: None, has_next })
        };
        read.await.map_err(|error| placed(error, bind, table))
    }

    /// One page of a select, from the place on that a token says: the `next` or `previous` of another page. Without a token it is the first page.
    /// Its first row costs the server the same on each page, where an index has the order; and rows that others insert or delete meanwhile
    /// move no other row from one page to the next.
    ///
    /// The order may be any; behind it the primary keys of all tables tell rows that are alike apart (of a grouped select, the group's keys).
    /// A token is opaque: it holds which order it is for, and the order's values in the last row, readable and changeable by whoever has it, as parameters of the
    /// statement and never as its text. So don't order by what its holder must not know. It says nothing of the select's filter, which is the same
    /// for all pages or else not a page of the same rows.
    ///
    /// Where the row at which a page begins was deleted, the pages beside it are those around where it was. Where all rows behind it were,
    /// the page is empty and has no tokens.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let best = || Post::select().order_by(Post::stars.desc().nulls_last());
    /// let first = session.cursor_page(best(), None, 2).await?;
    /// assert_eq!((first.items[0].title.as_str(), &first.previous), ("Notes", &None));
    ///
    /// let second = session.cursor_page(best(), first.next.as_deref(), 2).await?;
    /// assert_eq!((second.items[0].title.as_str(), &second.next), ("Sketch", &None));
    /// assert_eq!(session.cursor_page(best(), second.previous.as_deref(), 2).await?.items, first.items);
    ///
    /// let other = session.cursor_page(Post::select(), first.next.as_deref(), 2).await.unwrap_err();
    /// assert_eq!(other.kind(), ErrorKind::InvalidStatement); // the token is one of another order
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all); [`ErrorKind::InvalidStatement`] for a token that is none or one of another order, pages of 0 rows, a select that has
    /// a limit or an offset, and one in whose rows no cursor can stand: distinct ones, those of a subquery, in the order of a window function, of JSON or of arrays.
    pub async fn cursor_page<R: Send + 'static, B>(&self, select: Select<R, B>, token: Option<&str>, size: u64) -> Result<CursorPage<R>> {
        let (bind, table) = (select.bind(), select.table());
        let read = async {
            offset(1, size)?;
            let (_, bound) = self.databases().bound(select.bind()?)?;
            let keyset = Keyset::new(select, bound.engine.dialect())?;
            let cursor = token.map(|token| Cursor::of_token(token, keyset.keys(), keyset.fingerprint())).transpose()?;
            let backward = cursor.as_ref().is_some_and(|cursor| cursor.backward);
            let part = keyset.part(cursor.as_ref().map(|cursor| cursor.place.as_slice()), backward, size.saturating_add(1));
            let mut rows = self.all(part).await?;
            let has_more = cut(&mut rows, size);
            if backward {
                rows.reverse();
            }
            let token_at = |row: Option<&DynamicRow>, backward: bool| {
                let cursor = row.map(|row| Cursor { fingerprint: keyset.fingerprint(), backward, place: keyset.place(row).to_vec() });
                cursor.map(|cursor| cursor.to_token()).transpose()
            };
            // Where it came from there are rows, as far as it knows.
            let (before, behind) = if backward { (has_more, true) } else { (token.is_some(), has_more) };
            Ok(CursorPage {
                next: token_at(rows.last().filter(|_| behind), false)?,
                previous: token_at(rows.first().filter(|_| before), true)?,
                items: keyset.read(&rows)?,
            })
        };
        read.await.map_err(|error| placed(error, bind, table))
    }
}

/// Leaves the rows of a page, and says whether there was the one more that was asked for.
fn cut<T>(rows: &mut Vec<T>, size: u64) -> bool {
    let has_more = u64::try_from(rows.len()).is_ok_and(|rows| rows > size);
    if has_more {
        rows.pop();
    }
    has_more
}

fn placed(error: Error, bind: Result<BindKey>, table: Option<&'static Table>) -> Error {
    let error = located(error, table);
    match bind {
        Ok(bind) => error.on_bind(bind),
        // It is this error already.
        Err(_) => error,
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
