//! The tree behind every statement, without types: what [`render`](super::render) turns into SQL.

use std::borrow::Cow;
use std::sync::Arc;

use super::order::OrderKey;
use super::select_query::SelectQuery;
use super::sql::Piece;
use super::union::Composed;
use super::window::FrameBound;
use crate::schema::{Column, Table};
use crate::value::{Scalar, SqlType, Value};
use crate::{BindKey, Error};

#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Node {
    Column(Owner, Cow<'static, str>),
    Value(Value, SqlType),
    /// A value that can't be carried: reported when the statement is run.
    Invalid(Mistake),
    Binary(Box<Node>, Operator, Box<Node>),
    /// Conditions side by side, two at least: a list, as a tree of thousands would be too deep for the stack.
    Chain(Connective, Vec<Node>),
    Not(Box<Node>),
    IsNull {
        node: Box<Node>,
        negated: bool,
    },
    InList {
        node: Box<Node>,
        list: Vec<Node>,
        negated: bool,
    },
    /// A list of values alone, all of one type.
    InValues {
        node: Box<Node>,
        values: Vec<Value>,
        sql_type: SqlType,
        negated: bool,
    },
    InSelect {
        node: Box<Node>,
        select: Box<SelectQuery>,
        negated: bool,
    },
    Exists(Box<SelectQuery>),
    /// A select of one column and one row, as a value of this type.
    Scalar(Box<SelectQuery>, SqlType),
    Between {
        node: Box<Node>,
        low: Box<Node>,
        high: Box<Node>,
    },
    /// Whether two are different, NULL being like NULL.
    Distinct {
        left: Box<Node>,
        right: Box<Node>,
        negated: bool,
    },
    Like {
        node: Box<Node>,
        pattern: Box<Node>,
        ignoring_case: bool,
        negated: bool,
    },
    /// In numbers of this type.
    Arithmetic(Box<Node>, ArithmeticOperator, Box<Node>, SqlType),
    Negative(Box<Node>, SqlType),
    /// A function's result of this type.
    Call(Function, Vec<Node>, SqlType),
    Cast {
        node: Box<Node>,
        from: SqlType,
        to: SqlType,
    },
    Case {
        branches: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
        sql_type: SqlType,
    },
    Json(Box<JsonPlace>, JsonKind),
    /// SQL that the user wrote.
    Fragment(Vec<Piece>),
    /// The type is that of the argument.
    Aggregate(AggregateFunction, Box<Node>, SqlType),
    CountRows,
    /// Only inside `Windowed`.
    WindowCall(WindowCall, Option<Box<Node>>),
    /// An aggregate or a window call over rows; the type is that of the result.
    Windowed(Box<Node>, Box<Over>, SqlType),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum ArithmeticOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Function {
    Lower,
    Upper,
    Trim,
    Length,
    Concat,
    Replace,
    Substring {
        start: u32,
        length: u32,
    },
    Coalesce,
    NullIf,
    Now,
    /// of an argument of this type
    DatePart(DatePart, SqlType),
    /// of an argument of this type
    StartOf(Start, SqlType),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum DatePart {
    Year,
    Month,
    Day,
    Weekday,
    Hour,
    Minute,
    Second,
    UnixSeconds,
}

/// The date on which something begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Start {
    Day,
    Week,
    Month,
    Year,
}

/// A place in a JSON document.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct JsonPlace {
    pub(crate) document: Node,
    /// the names and numbers of the steps
    pub(crate) steps: Vec<Value>,
    /// the same as a path: `$."lines"[0]`
    pub(crate) path: Value,
    /// the paths of what must be an array for it
    pub(crate) arrays: Vec<Value>,
}

/// As what the value in a document is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum JsonKind {
    Text,
    Integer,
    Float,
    Boolean,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum WindowCall {
    RowNumber,
    Rank,
    DenseRank,
    Ntile(u32),
    Lag(u32),
    Lead(u32),
    FirstValue,
    LastValue,
}

/// The rows of a window.
#[derive(Clone, PartialEq, Default)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Over {
    pub(crate) partition_by: Vec<Node>,
    pub(crate) order_by: Vec<OrderKey>,
    pub(crate) rows: Option<(FrameBound, FrameBound)>,
}

/// An error that is kept until the statement is run.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Mistake(Arc<Error>);

impl Mistake {
    pub(crate) fn error(&self) -> Error {
        Error::duplicate(&self.0)
    }
}

impl From<Error> for Mistake {
    fn from(error: Error) -> Self {
        Mistake(Arc::new(error))
    }
}

impl PartialEq for Mistake {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Connective {
    And,
    Or,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum AggregateFunction {
    Count,
    CountDistinct,
    Sum,
    Average,
    Min,
    Max,
}

/// What a column belongs to.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Owner {
    /// the statement's own table: the columns of an abstract base
    Main,
    /// a table under its own name
    Table(BindKey, Cow<'static, str>),
    /// a table under an alias
    Alias(Cow<'static, str>),
    /// the one select that gives rows of a view: its name and its address, which only it has
    View(Cow<'static, str>, usize),
}

impl Owner {
    pub(crate) fn view(relation: &'static Table) -> Self {
        Owner::View(relation.name().to_owned().into(), std::ptr::from_ref(relation).addr())
    }
}

/// What a statement is from, and the name that it has there.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Source {
    /// Its columns; where it has no `body`, the table itself.
    pub(crate) table: &'static Table,
    pub(crate) alias: Option<Cow<'static, str>>,
    pub(crate) body: Option<Body>,
}

/// The select that stands for a table, always under an alias.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Body {
    /// in brackets, where the table would be
    Subquery(Arc<Composed>),
    /// before the statement, in its WITH
    Cte(Arc<Cte>),
    /// the CTE of this name, inside its own recursive part
    Recursion(Cow<'static, str>),
}

/// A common table expression.
#[derive(PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Cte {
    pub(crate) name: Cow<'static, str>,
    pub(crate) columns: &'static Table,
    pub(crate) first: Composed,
    /// what is added as long as there is something to add: whether rows that are alike stay, and the select over the CTE itself
    pub(crate) recursive: Option<(bool, SelectQuery)>,
}

impl Source {
    pub(crate) fn plain(table: &'static Table) -> Self {
        Source { table, alias: None, body: None }
    }

    /// The bind; of a select, that of what it is from.
    pub(crate) fn bind(&self) -> Option<BindKey> {
        match &self.body {
            None => Some(self.table.bind()),
            Some(Body::Subquery(composed)) => composed.bind(),
            Some(Body::Cte(cte)) => cte.first.bind(),
            Some(Body::Recursion(_)) => None,
        }
    }

    /// The name by which columns refer to it.
    pub(crate) fn name(&self) -> &str {
        self.alias.as_deref().unwrap_or(self.table.name())
    }

    pub(crate) fn owner(&self) -> Owner {
        match &self.alias {
            Some(alias) => Owner::Alias(alias.clone()),
            None => Owner::Table(self.table.bind(), self.table.name().into()),
        }
    }

    /// The columns that tell its rows apart: its key, or all that have an order on each backend.
    pub(crate) fn telling_columns(&self) -> Vec<Node> {
        let is_keyed = self.table.primary_key().next().is_some();
        let has_order = |column: &&Column| column.parameter_type().is_some_and(|sql_type| sql_type != SqlType::Json);
        let tells = |column: &&Column| if is_keyed { column.is_primary_key() } else { has_order(column) };
        let columns = self.table.columns().iter().filter(tells);
        columns.map(|column| Node::Column(self.owner(), column.name().into())).collect()
    }

    /// Every column of the table, in order.
    pub(crate) fn columns(&self) -> Vec<Node> {
        let owner = self.owner();
        self.table.columns().iter().map(|column| Node::Column(owner.clone(), column.name().into())).collect()
    }
}

impl Node {
    pub(crate) fn value<T: Scalar>(value: T) -> Self {
        match value.into_value() {
            Ok(value) => Node::Value(value, T::TYPE),
            Err(error) => Node::Invalid(error.into()),
        }
    }

    /// One of a list, or none of it.
    pub(crate) fn in_list(node: Node, list: impl IntoIterator<Item = Node>, negated: bool) -> Self {
        let (node, list) = (Box::new(node), list.into_iter().collect::<Vec<_>>());
        let of_type = |sql_type: SqlType| move |item: &Node| matches!(item, Node::Value(_, other) if *other == sql_type);
        let sql_type = match list.first() {
            Some(Node::Value(_, sql_type)) if list.iter().all(of_type(*sql_type)) => *sql_type,
            _ => return Node::InList { node, list, negated },
        };
        let values = list.into_iter().filter_map(|item| if let Node::Value(value, _) = item { Some(value) } else { None });
        Node::InValues { node, values: values.collect(), sql_type, negated }
    }

    pub(crate) fn binary(left: Node, operator: Operator, right: Node) -> Self {
        Node::Binary(Box::new(left), operator, Box::new(right))
    }

    /// Both conditions; the first one may be absent.
    pub(crate) fn and(left: Option<Node>, right: Node) -> Self {
        match left {
            Some(left) => Node::chain(left, Connective::And, right),
            None => right,
        }
    }

    /// These side by side, one at least.
    pub(crate) fn chain_of(connective: Connective, nodes: impl Iterator<Item = Node>) -> Self {
        let mut nodes: Vec<_> = nodes.collect();
        if nodes.len() == 1 { nodes.remove(0) } else { Node::Chain(connective, nodes) }
    }

    pub(crate) fn chain(left: Node, connective: Connective, right: Node) -> Self {
        let operands = |node| match node {
            Node::Chain(of, operands) if of == connective => operands,
            other => vec![other],
        };
        let mut chain = operands(left);
        chain.append(&mut operands(right));
        Node::Chain(connective, chain)
    }

    /// Whether both are the same column; a base's column is that of whichever table is meant.
    pub(crate) fn is_same_column(&self, other: &Node) -> bool {
        match (self, other) {
            (Node::Column(a, name_a), Node::Column(b, name_b)) => name_a == name_b && (a == b || *a == Owner::Main || *b == Owner::Main),
            _ => false,
        }
    }
}
