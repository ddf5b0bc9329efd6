use std::ops::ControlFlow;

use crate::Result;
use crate::engine::{Connection, Effect, FromRow, Param, Row, Statement};

/// All rows of a query, on a connection as a driver gives it.
pub(super) async fn rows<T: FromRow>(connection: &mut dyn Connection, sql: &str, params: &[Param<'_>]) -> Result<Vec<T>> {
    let columns = connection.query(&Statement::new(sql, params, Effect::Read)).await?;
    let (mut rows, mut failed) = (Vec::new(), None);
    loop {
        let more = connection
            .fetch(&mut |cells| match T::from_row(&Row::new(cells, &columns)) {
                Ok(row) => {
                    rows.push(row);
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            })
            .await?;
        if let Some(error) = failed {
            connection.close_result().await?;
            return Err(error);
        }
        if !more {
            return Ok(rows);
        }
    }
}
