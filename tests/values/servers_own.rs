//! Columns of types that only the server knows: PostgreSQL's citext, inet and enumerations.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::column::{Backend, Place, block_on};

#[derive(Model, Clone, Debug, PartialEq)]
struct Member {
    #[column(primary_key)]
    id: i64,
    #[column(type = "citext")]
    email: String,
    #[column(type = "mood")]
    mood: Option<String>,
    #[column(type = "inet")]
    address: Option<String>,
}

fn member(id: i64, email: &str, mood: Option<&str>, address: Option<&str>) -> Member {
    Member { id, email: email.into(), mood: mood.map(Into::into), address: address.map(Into::into) }
}

#[test]
fn the_server_compares_them_in_its_own_way() -> Result<()> {
    let place = Place::new(Backend::Postgres);
    let Place::Postgres(database) = &place else { panic!("no server") };
    database.psql("CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')").unwrap();
    block_on(async {
        let databases = place.databases::<(Member,)>().await;
        let session = databases.session();
        let members = [
            member(1, "Ada@example.org", Some("happy"), Some("10.0.0.1")),
            member(2, "bob@example.org", None, None),
            member(3, "Cy@example.org", Some("ok"), Some("10.0.0.9")),
        ];
        // One row and many, NULL in each.
        assert_eq!(session.insert(members[1].clone()).await?, members[1]);
        assert_eq!(session.insert_many([members[0].clone(), members[2].clone()]).await?, [members[0].clone(), members[2].clone()]);
        assert_eq!(
            database.psql("SELECT email, mood, address FROM member ORDER BY id").unwrap(),
            "Ada@example.org|happy|10.0.0.1\nbob@example.org||\nCy@example.org|ok|10.0.0.9"
        );

        let ids = async |condition| {
            let rows = session.all(Member::select().columns(Member::id).filter(condition).order_by(Member::id.asc())).await.unwrap();
            rows.into_iter().map(|(id,)| id).collect::<Vec<_>>()
        };
        assert_eq!(ids(Member::email.eq("ADA@EXAMPLE.ORG")).await, [1], "citext minds no case");
        assert_eq!(ids(Member::email.in_(["ada@example.org", "BOB@example.org"])).await, [1, 2]);
        assert_eq!(ids(Member::email.like("%EXAMPLE.org")).await, [1, 2, 3]);
        assert_eq!(ids(Member::mood.eq("happy")).await, [1]);
        assert_eq!(ids(Member::mood.gt("sad")).await, [1, 3], "an enumeration has the order of its declaration");
        assert_eq!(ids(Member::mood.is_null()).await, [2]);
        assert_eq!(ids(Member::address.le("10.0.0.1")).await, [1]);
        assert_eq!(
            session.one(Member::select().columns((Member::mood.min(), Member::email.max()))).await?,
            (Some("ok".into()), Some("Cy@example.org".into()))
        );
        assert_eq!(
            session.all(Member::select().columns(Member::id).group_by(Member::id).having(Member::mood.max().eq("ok"))).await?,
            [(3,)]
        );

        let update = Member::update().set(Member::mood.to("sad")).set(Member::address.to(None)).filter(Member::email.eq("CY@example.org"));
        assert_eq!(session.execute(update).await?.rows_affected, Some(1));
        assert_eq!(database.psql("SELECT mood, address IS NULL FROM member WHERE id = 3").unwrap(), "sad|t");
        let error = session.execute(Member::update_all().set(Member::mood.to("furious"))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error}");

        // In raw SQL the server infers what a parameter is, where it stands among things that have a type.
        let raw = raw("default", "SELECT id FROM member WHERE mood = $1 AND address IS NOT DISTINCT FROM $2 AND id = $3");
        assert_eq!(session.one(raw.param("happy").param("10.0.0.1").param(1_u8).rows::<(i64,)>()).await?, (1,));
        databases.close().await;
        Ok(())
    })
}
