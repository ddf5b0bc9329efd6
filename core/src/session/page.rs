/// Some rows of a query and where they stand among all of them: what [`Session::page`](super::Session::page) gives.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let page = session.page(Post::select().order_by(Post::title.asc()), 2, 2).await?;
/// assert_eq!(page.items[0].title, "Sketch");
/// assert_eq!((page.total, page.pages()), (Some(3), Some(2)));
/// assert_eq!((page.previous(), page.next()), (Some(1), None));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// its rows
    pub items: Vec<T>,
    /// its number, from 1
    pub number: u64,
    /// how many rows a page has, the last one excepted
    pub size: u64,
    /// how many rows there are on all pages; `None` where they were not counted
    pub total: Option<u64>,
    pub(super) has_next: bool,
}

impl<T> Page<T> {
    /// How many pages there are, at least one; `None` where the rows were not counted.
    pub fn pages(&self) -> Option<u64> {
        self.total.map(|total| number_of_pages(total, self.size))
    }

    /// The number of the next page, if there is one.
    pub fn next(&self) -> Option<u64> {
        self.has_next.then_some(self.number + 1)
    }

    /// The number of the page before, if there is one.
    pub fn previous(&self) -> Option<u64> {
        (self.number > 1).then_some(self.number - 1)
    }
}

/// The first page is there even where there are no rows.
pub(super) fn number_of_pages(total: u64, size: u64) -> u64 {
    total.div_ceil(size).max(1)
}
