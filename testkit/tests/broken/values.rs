use async_trait::async_trait;
use bindery_core::Result;
use bindery_core::engine::{Connection, Executed, Param, Statement};
use bindery_core::value::ValueRef;

use crate::wrapper::Break;

/// Sends decimals as floats.
#[derive(Default)]
pub(crate) struct RoundsDecimals;

#[async_trait]
impl Break for RoundsDecimals {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        send_as(inner, statement, |value| match value {
            ValueRef::Decimal(digits) => ValueRef::F64(digits.parse().unwrap_or_default()),
            other => other,
        })
        .await
    }
}

/// Takes NULL for the empty text.
#[derive(Default)]
pub(crate) struct NullIsEmpty;

#[async_trait]
impl Break for NullIsEmpty {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        send_as(inner, statement, |value| if value.is_null() { ValueRef::Text("") } else { value }).await
    }
}

/// Keeps decimals in columns that compare them as text.
#[derive(Default)]
pub(crate) struct DecimalsAreText;

#[async_trait]
impl Break for DecimalsAreText {
    async fn execute(&self, inner: &mut dyn Connection, statement: &Statement<'_>) -> Result<Executed> {
        let sql = statement.sql.replace("DECIMAL_TEXT COLLATE decimal", "TEXT").replace("decimal(65, 30)", "varchar(99)");
        inner.execute(&Statement::new(&sql, statement.params, statement.effect)).await
    }
}

async fn send_as(
    inner: &mut dyn Connection,
    statement: &Statement<'_>,
    change: impl for<'v> Fn(ValueRef<'v>) -> ValueRef<'v> + Send,
) -> Result<Executed> {
    let mut params = statement.params.to_vec();
    params.iter_mut().for_each(|param: &mut Param<'_>| param.value = change(param.value));
    inner.execute(&Statement::new(statement.sql, &params, statement.effect)).await
}
