//! `+`, `-`, `*`, `/` and `%` of columns and expressions.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::node::{ArithmeticOperator, Node};
use super::{Aggregate, Expr, Expression, Operand, TableColumn, TypedColumn, Windowed};
use crate::schema::Columns;
use crate::value::{Computable, Divisible, Integer, Scalar};
use crate::{AnyBind, SameDatabase};

/// What `a + b` gives where `a` is of type `V` and `b` an operand `T` of it: their common type, NULL where either is.
type Result<V, T> = <V as Scalar>::Lifted<<T as Operand<V>>::Value>;

fn calculate<V: Scalar, W, B>(left: Node, operator: ArithmeticOperator, right: Node) -> Expr<W, B> {
    Expr::new(Node::Arithmetic(Box::new(left), operator, Box::new(right), V::TYPE))
}

macro_rules! operator {
    ([$($generics:tt)*] $ty:ty, $bind:ty, $trait:ident $method:ident $bound:ident $operator:ident $output:ty) => {
        impl<V: Scalar<Base: $bound>, T: Operand<V>, $($generics)*> $trait<T> for $ty
        where
            $bind: SameDatabase<T::Bind>,
        {
            type Output = Expr<$output, $bind>;

            fn $method(self, other: T) -> Self::Output {
                calculate::<V, _, _>(self.into_expr().into_node(), ArithmeticOperator::$operator, other.into_node())
            }
        }
    };
}

macro_rules! operators {
    ($($generics:tt => $ty:ty, $bind:ty;)+) => {$(
        operator!($generics $ty, $bind, Add add Computable Add Result<V, T>);
        operator!($generics $ty, $bind, Sub sub Computable Subtract Result<V, T>);
        operator!($generics $ty, $bind, Mul mul Computable Multiply Result<V, T>);
        operator!($generics $ty, $bind, Div div Divisible Divide Option<V::Base>);
        operator!($generics $ty, $bind, Rem rem Integer Remainder Option<V::Base>);
        negative!($generics $ty, $bind);
    )+};
}

macro_rules! negative {
    ([$($generics:tt)*] $ty:ty, $bind:ty) => {
        impl<V: Scalar<Base: Computable>, $($generics)*> Neg for $ty {
            type Output = Expr<V, $bind>;

            fn neg(self) -> Self::Output {
                Expr::new(Node::Negative(Box::new(self.into_expr().into_node()), V::TYPE))
            }
        }
    };
}

operators! {
    [O: Columns] => TypedColumn<O, V>, O::ColumnBind;
    [] => TableColumn<V>, AnyBind;
    [] => &TableColumn<V>, AnyBind;
    [B: Send + Sync + 'static] => Expr<V, B>, B;
    [B: Send + Sync + 'static] => Aggregate<V, B>, B;
    [B: Send + Sync + 'static] => Windowed<V, B>, B;
}
