use async_trait::async_trait;
use bindery::Result;
use bindery::prelude::*;
use bindery::session::Builder;

use super::Release;
use crate::evolution::{Evolution, ensure};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", bind = "people")]
pub(crate) struct User {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(unique, max_length = 120)]
    pub(crate) email: String,
    #[column(max_length = 100)]
    pub(crate) name: String,
}

#[derive(Scalar, Debug, Clone, Copy, PartialEq)]
#[scalar(enumeration = "order_status", rename_all = "snake_case")]
pub(crate) enum Status {
    Open,
    Paid,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orders")]
pub(crate) struct Order {
    #[column(primary_key, generated)]
    pub(crate) id: i64,
    #[column(index)]
    pub(crate) user_id: i64,
    pub(crate) total: i32,
    pub(crate) status: Status,
}

/// What happened. It lives on `default` until release 9.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "events")]
pub(crate) struct Event {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(max_length = 200)]
    pub(crate) what: String,
}

pub(crate) struct First;

#[async_trait]
impl Release for First {
    fn number(&self) -> u32 {
        1
    }

    fn name(&self) -> &'static str {
        "first"
    }

    fn models(&self, builder: Builder) -> Builder {
        builder.models::<(User, Order, Event)>()
    }

    async fn write(&self, evolution: &Evolution) -> Result<()> {
        evolution.draft(self, 0, |builder| self.models(builder), |_| Ok(())).await
    }

    async fn fill(&self, session: &Session) -> Result<()> {
        let user = |email: &str, name: &str| NewUser { email: email.into(), name: name.into() };
        let ada = session.insert(user("ada@example.org", "Ada Lovelace")).await?;
        let bob = session.insert(user("bob@example.org", "Bob Stone")).await?;
        let order = |user: &User, total, status| NewOrder { user_id: user.id, total, status };
        session.insert_many([order(&ada, 1_999, Status::Paid), order(&bob, 500, Status::Open)]).await?;
        let event = |id, what: &str| Event { id, what: what.into() };
        session.insert_many([event(1, "opened"), event(2, "first order")]).await?;
        Ok(())
    }

    async fn check(&self, session: &Session) -> Result<()> {
        let names = session.all(User::select().columns(User::name).order_by(User::id.asc())).await?;
        ensure(names == [("Ada Lovelace".to_owned(),), ("Bob Stone".to_owned(),)], || format!("the names are {names:?}"))?;
        let orders = session.all(Order::select().order_by(Order::id.asc())).await?;
        let orders: Vec<_> = orders.iter().map(|order| (order.total, order.status)).collect();
        ensure(orders == [(1_999, Status::Paid), (500, Status::Open)], || format!("the orders are {orders:?}"))?;
        let events = session.count(Event::select()).await?;
        ensure(events == 2, || format!("there are {events} events"))
    }
}
