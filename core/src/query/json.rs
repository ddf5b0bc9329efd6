use std::borrow::Cow;
use std::marker::PhantomData;

use super::Expr;
use super::expression::Expression;
use super::node::{JsonKind, JsonPlace, Node};
use crate::value::{JsonDocument, Scalar, Value};

/// A place in a JSON document: `Order::data.key("lines").index(0).key("price")`. What stands there is read as a value of one kind; where
/// nothing does, or something of another kind, that is NULL.
///
/// ```
/// use bindery::prelude::*;
/// use serde_json::{Value, json};
///
/// #[derive(Model)]
/// struct Order { #[column(primary_key)] id: i64, data: Value }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = bindery::builder().bind("default", "sqlite://").without_registered().models::<(Order,)>().connect().await?;
/// # databases.create_all(All).await?;
/// # let session = databases.session();
/// session.insert(Order { id: 1, data: json!({"to": "Ada", "lines": [{"cents": 250}, {"cents": 100}]}) }).await?;
/// session.insert(Order { id: 2, data: json!({"to": null, "lines": []}) }).await?;
///
/// let first = Order::data.key("lines").index(0).key("cents").integer();
/// let orders = Order::select().columns((Order::data.key("to").text(), first)).order_by(Order::id.asc());
/// assert_eq!(session.all(orders).await?, [(Some("Ada".to_owned()), Some(250)), (None, None)]);
/// # Ok(())
/// # }
/// ```
pub struct JsonPath<B> {
    document: Node,
    /// the names and numbers of the steps
    steps: Vec<Value>,
    /// `$."lines"[0]`
    path: String,
    /// the paths, up to each number, of what must be an array
    arrays: Vec<Value>,
    bind: PhantomData<fn() -> B>,
}

/// What can be done with a JSON document: a place in it is looked up.
pub trait JsonExpression: Expression<Value: Scalar<Base: JsonDocument>> {
    /// The member of this name, of the document, which is an object.
    fn key(self, name: impl Into<Cow<'static, str>>) -> JsonPath<Self::Bind> {
        JsonPath::of(self).key(name)
    }

    /// The element at this place, from 0, of the document, which is an array.
    fn index(self, place: u32) -> JsonPath<Self::Bind> {
        JsonPath::of(self).index(place)
    }
}

impl<E: Expression<Value: Scalar<Base: JsonDocument>>> JsonExpression for E {}

impl<B> JsonPath<B> {
    fn of<E: Expression<Bind = B>>(document: E) -> Self {
        JsonPath {
            document: document.into_expr().into_node(),
            steps: Vec::new(),
            path: "$".to_owned(),
            arrays: Vec::new(),
            bind: PhantomData,
        }
    }

    /// The member of this name, of an object.
    #[must_use]
    pub fn key(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        self.path.push_str(".\"");
        for letter in name.chars() {
            if matches!(letter, '"' | '\\') {
                self.path.push('\\');
            }
            self.path.push(letter);
        }
        self.path.push('"');
        self.steps.push(Value::Text(name.into_owned()));
        self
    }

    /// The element at this place, from 0, of an array.
    #[must_use]
    pub fn index(mut self, place: u32) -> Self {
        self.arrays.push(Value::Text(self.path.clone()));
        self.path.push_str(&format!("[{place}]"));
        self.steps.push(Value::I64(place.into()));
        self
    }

    fn read<V>(self, kind: JsonKind) -> Expr<V, B> {
        let place = JsonPlace { document: self.document, steps: self.steps, path: Value::Text(self.path), arrays: self.arrays };
        Expr::new(Node::Json(Box::new(place), kind))
    }

    /// The text that stands there.
    pub fn text(self) -> Expr<Option<String>, B> {
        self.read(JsonKind::Text)
    }

    /// The integer that stands there.
    pub fn integer(self) -> Expr<Option<i64>, B> {
        self.read(JsonKind::Integer)
    }

    /// The number that stands there, an integer too, as a float.
    pub fn float(self) -> Expr<Option<f64>, B> {
        self.read(JsonKind::Float)
    }

    /// The truth value that stands there.
    pub fn boolean(self) -> Expr<Option<bool>, B> {
        self.read(JsonKind::Boolean)
    }
}
