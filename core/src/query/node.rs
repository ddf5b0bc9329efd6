//! The tree behind every statement, without types: what [`render`](super::render) turns into SQL.

use std::borrow::Cow;
use std::sync::Arc;

use super::select::SelectQuery;
use crate::schema::Table;
use crate::value::{Scalar, SqlType, Value};
use crate::{BindKey, Error};

#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Node {
    Column(Owner, Cow<'static, str>),
    Value(Value, SqlType),
    /// A value that can't be carried: reported when the statement is run.
    Invalid(Arc<Error>),
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
    Aggregate(Aggregate, Box<Node>, SqlType),
    CountRows,
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
    Like,
    NotLike,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Aggregate {
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
}

/// A table in a statement, and the name that it has there.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Source {
    pub(crate) table: &'static Table,
    pub(crate) alias: Option<Cow<'static, str>>,
}

impl Source {
    pub(crate) fn plain(table: &'static Table) -> Self {
        Source { table, alias: None }
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
            Err(error) => Node::Invalid(Arc::new(error)),
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
