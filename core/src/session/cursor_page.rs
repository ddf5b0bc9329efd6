/// Some rows of a query and the tokens of the pages beside them: what [`Session::cursor_page`](super::Session::cursor_page) gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CursorPage<T> {
    /// its rows, in the select's order
    pub items: Vec<T>,
    /// the token of the page behind it, where there were rows for one
    pub next: Option<String>,
    /// the token of the page before it, where there were rows for one
    pub previous: Option<String>,
}
