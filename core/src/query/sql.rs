#![allow(private_interfaces)] // the traits here are sealed by it: only this crate can name the tree of a statement

use super::node::Node;
use super::{Aggregate, Expr, Expression, TableColumn, TypedColumn, Windowed};
use crate::AnyBind;
use crate::schema::Columns;
use crate::value::{Scalar, Value};

/// SQL with values in it, which are sent as parameters and never stand in the text. Made by `bindery::sql!`. As a statement it is given to
/// [`raw`](super::raw), with its bind; as a part of one, [`expr`](Sql::expr) makes it an expression.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let session = databases.session();
/// use bindery::sql;
///
/// let (least, titles) = (3, ["Notes", "On notes"]);
/// let posts = sql!("select id, title from posts where stars >= {least} and title in ({..titles}) order by id");
/// let posts = session.all(raw("default", posts).rows::<(i64, String)>()).await?;
/// assert_eq!(posts, [(1, "Notes".to_owned()), (2, "On notes".to_owned())]);
///
/// let rounded = sql!("round({Post::stars} / 2.0, 1)").expr::<Option<f64>>();
/// let halves = session.all(Post::select().columns(rounded).order_by(Post::id.asc())).await?;
/// assert_eq!(halves, [(Some(2.5),), (Some(1.5),), (None,)]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[cfg_attr(test, derive(Debug))]
pub struct Sql {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Piece {
    Text(String),
    /// A value whose type the server infers from where it stands.
    Value(Value),
    Node(Node),
    /// A list without a value, for which SQL has no words.
    EmptyList,
}

impl Sql {
    /// Text, as it is. What `sql!` calls.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.pieces.push(Piece::Text(text.into()));
        self
    }

    /// A value, or a column or expression. What `sql!` calls for `{id}`.
    #[must_use]
    pub fn insert(mut self, value: impl Interpolated) -> Self {
        self.pieces.push(value.into_piece());
        self
    }

    /// Values, with commas between them. What `sql!` calls for `{..ids}`. Of none, running the statement is
    /// [`ErrorKind::InvalidStatement`](crate::ErrorKind::InvalidStatement): SQL has no empty list.
    #[must_use]
    pub fn insert_list<T: Interpolated>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let mut is_first = true;
        for value in values {
            if !is_first {
                self.pieces.push(Piece::Text(", ".to_owned()));
            }
            self.pieces.push(value.into_piece());
            is_first = false;
        }
        if is_first {
            self.pieces.push(Piece::EmptyList);
        }
        self
    }

    /// As an expression of values of this type, in the words of the statement's server: what it gives must be that on each backend that
    /// is to be asked.
    pub fn expr<V: Scalar>(self) -> Expr<V, AnyBind> {
        Expr::new(Node::Fragment(self.pieces))
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Self {
        Sql::default().text(text)
    }
}

impl From<&String> for Sql {
    fn from(text: &String) -> Self {
        Sql::default().text(text)
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Self {
        Sql::default().text(text)
    }
}

/// What can stand between the braces of `sql!`: a value that a column can have, with or without its `Option`; a column; an expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand in `sql!`",
    label = "neither a value that a column can have, nor a column or expression",
    note = "a list is written with two dots, `{{..ids}}`, and what a reference refers to with a star: `{{*id}}`"
)]
pub trait Interpolated {
    #[doc(hidden)]
    fn into_piece(self) -> Piece;
}

impl<T: Scalar + Clone> Interpolated for &T {
    fn into_piece(self) -> Piece {
        match self.clone().into_value() {
            Ok(value) => Piece::Value(value),
            Err(error) => Piece::Node(Node::Invalid(error.into())),
        }
    }
}

macro_rules! references {
    ($([$($generics:tt)*] $ty:ty => |$value:ident| $piece:expr;)+) => {$(
        impl<$($generics)*> Interpolated for &$ty {
            fn into_piece(self) -> Piece {
                let $value = self;
                $piece
            }
        }
    )+};
}

references! {
    [] &str => |text| Piece::Value(Value::Text((*text).to_owned()));
    [] &String => |text| Piece::Value(Value::Text((*text).clone()));
    [] &[u8] => |bytes| Piece::Value(Value::Bytes(bytes.to_vec()));
    [O: Columns, V: Scalar] TypedColumn<O, V> => |column| Piece::Node(column.into_expr().into_node());
    [V: Scalar] TableColumn<V> => |column| Piece::Node(column.into_expr().into_node());
    [V: Scalar, B: Send + Sync + 'static] Expr<V, B> => |expression| Piece::Node(expression.clone().into_node());
    [V: Scalar, B: Send + Sync + 'static] Aggregate<V, B> => |aggregate| Piece::Node(aggregate.clone().into_node());
    [V: Scalar, B: Send + Sync + 'static] Windowed<V, B> => |windowed| Piece::Node(windowed.clone().into_expr().into_node());
}
