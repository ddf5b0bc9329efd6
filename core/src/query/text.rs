use super::expression::Expression;
use super::node::{Function, Node, Operator};
use super::{Expr, Operand};
use crate::SameDatabase;
use crate::value::Scalar;

/// What can be done with text. NULL gives NULL.
///
/// Text compares, sorts and is matched by its code points, case included; what has `i` before its name takes upper and lower case for the same.
/// Which letters have two cases is the server's: those of ASCII everywhere; beyond, SQLite knows none, PostgreSQL those of the column's collation
/// (bindery's own columns have `C`: none), MySQL all.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// let notes = Post::title.icontains("NOTES").and(!Post::title.starts_with("N"));
/// assert_eq!(session.one(Post::select().filter(notes)).await?.title, "On notes");
///
/// let texts = (Post::title.upper(), Post::title.length(), Post::title.substring(1, 2).concat("…"));
/// assert_eq!(session.one(Post::select().columns(texts).filter(Post::id.eq(1))).await?, ("NOTES".to_owned(), 5, "No…".to_owned()));
/// # Ok(())
/// # }
/// ```
pub trait TextExpression: Expression<Value: Scalar<Base = String>> {
    /// `LIKE`: `%` stands for any text, `_` for one character, `\` before either for itself. It minds the case on every backend.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.count(Post::select().filter(Post::title.like("%otes"))).await?, 2);
    /// assert_eq!(session.count(Post::select().filter(Post::title.like(r"100\%"))).await?, 0); // `%` itself
    /// # Ok(())
    /// # }
    /// ```
    fn like(self, pattern: &str) -> Expr<bool, Self::Bind> {
        like(self, pattern.to_owned(), false, false)
    }

    /// `NOT LIKE`
    fn not_like(self, pattern: &str) -> Expr<bool, Self::Bind> {
        like(self, pattern.to_owned(), false, true)
    }

    /// [`like`](TextExpression::like), of either case.
    fn ilike(self, pattern: &str) -> Expr<bool, Self::Bind> {
        like(self, pattern.to_owned(), true, false)
    }

    /// This text is somewhere in it; no character of it stands for others.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// assert_eq!(session.count(Post::select().filter(Post::title.contains("note"))).await?, 1);
    /// assert_eq!(session.count(Post::select().filter(Post::title.contains("%"))).await?, 0);
    /// # Ok(())
    /// # }
    /// ```
    fn contains(self, text: &str) -> Expr<bool, Self::Bind> {
        like(self, format!("%{}%", escaped(text)), false, false)
    }

    /// It begins with this text.
    fn starts_with(self, text: &str) -> Expr<bool, Self::Bind> {
        like(self, format!("{}%", escaped(text)), false, false)
    }

    /// It ends with this text.
    fn ends_with(self, text: &str) -> Expr<bool, Self::Bind> {
        like(self, format!("%{}", escaped(text)), false, false)
    }

    /// [`contains`](TextExpression::contains), of either case.
    fn icontains(self, text: &str) -> Expr<bool, Self::Bind> {
        like(self, format!("%{}%", escaped(text)), true, false)
    }

    /// [`starts_with`](TextExpression::starts_with), of either case.
    fn istarts_with(self, text: &str) -> Expr<bool, Self::Bind> {
        like(self, format!("{}%", escaped(text)), true, false)
    }

    /// [`ends_with`](TextExpression::ends_with), of either case.
    fn iends_with(self, text: &str) -> Expr<bool, Self::Bind> {
        like(self, format!("%{}", escaped(text)), true, false)
    }

    /// The same text, but for its case: `LOWER(x) = LOWER(text)`, for which there can be an index.
    fn ieq(self, text: &str) -> Expr<bool, Self::Bind> {
        let lower = |node| Node::Call(Function::Lower, vec![node], String::TYPE);
        let text = lower(Node::value(text.to_owned()));
        Expr::new(Node::binary(lower(self.into_expr().into_node()), Operator::Equal, text))
    }

    /// `LOWER(x)`
    fn lower(self) -> Expr<Lifted<Self, String>, Self::Bind> {
        call(Function::Lower, [self.into_expr().into_node()])
    }

    /// `UPPER(x)`
    fn upper(self) -> Expr<Lifted<Self, String>, Self::Bind> {
        call(Function::Upper, [self.into_expr().into_node()])
    }

    /// `TRIM(x)`: without the spaces at both ends; tabs and line ends stay.
    fn trim(self) -> Expr<Lifted<Self, String>, Self::Bind> {
        call(Function::Trim, [self.into_expr().into_node()])
    }

    /// The number of its characters (code points). SQLite counts those before the first NUL.
    fn length(self) -> Expr<Lifted<Self, i64>, Self::Bind> {
        call(Function::Length, [self.into_expr().into_node()])
    }

    /// Both texts, one behind the other; NULL where either is.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// # let databases = blog().await?;
    /// # let session = databases.session();
    /// let address = User::name.coalesce("?").concat(" <").concat(User::email).concat(">");
    /// let users: Vec<(String,)> = session.all(User::select().columns(address).order_by(User::id.asc())).await?;
    /// assert_eq!(users[1].0, "? <bob@example.org>");
    /// # Ok(())
    /// # }
    /// ```
    fn concat<T: Operand<Self::Value>>(self, other: T) -> Expr<Lifted<Self, T::Value>, Self::Bind>
    where
        Self::Bind: SameDatabase<T::Bind>,
    {
        call(Function::Concat, [self.into_expr().into_node(), other.into_node()])
    }

    /// `REPLACE(x, from, to)`: with each `from` in it become `to`. An empty `from` is nowhere.
    fn replace<T: Operand<Self::Value>, U: Operand<Self::Value>>(self, from: T, to: U) -> TextOf<Self, Together<T::Value, U::Value>>
    where
        Self::Bind: SameDatabase<T::Bind> + SameDatabase<U::Bind>,
    {
        call(Function::Replace, [self.into_expr().into_node(), from.into_node(), to.into_node()])
    }

    /// `SUBSTRING(x, start, length)`: so many characters, from the `start`th on, counted from 1; no more than there are. A `start` of 0
    /// is [`ErrorKind::InvalidStatement`](crate::ErrorKind::InvalidStatement).
    fn substring(self, start: u32, length: u32) -> Expr<Lifted<Self, String>, Self::Bind> {
        call(Function::Substring { start, length }, [self.into_expr().into_node()])
    }
}

impl<E: Expression<Value: Scalar<Base = String>>> TextExpression for E {}

/// `T`, and NULL where the expression `E` is.
pub(super) type Lifted<E, T> = <<E as Expression>::Value as Scalar>::Lifted<T>;

/// Text, and NULL where the expression `E` or a `T` is.
type TextOf<E, T> = Expr<Lifted<E, T>, <E as Expression>::Bind>;

/// `U`, and NULL where a `T` is.
type Together<T, U> = <T as Scalar>::Lifted<U>;

pub(super) fn call<V: Scalar, B, const N: usize>(function: Function, arguments: [Node; N]) -> Expr<V, B> {
    Expr::new(Node::Call(function, arguments.into(), V::TYPE))
}

fn like<E: Expression>(expression: E, pattern: String, ignoring_case: bool, negated: bool) -> Expr<bool, E::Bind> {
    Expr::new(Node::Like {
        node: Box::new(expression.into_expr().into_node()),
        pattern: Box::new(Node::value(pattern)),
        ignoring_case,
        negated,
    })
}

/// A pattern that matches this text alone.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}
