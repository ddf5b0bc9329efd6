//! Columns of types that only MySQL and MariaDB know: enumerations, sets, years, and text in another character set.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use crate::column::{Backend, Place, block_on};

#[derive(Model, Clone, Debug, PartialEq)]
struct Member {
    #[column(primary_key)]
    id: i64,
    #[column(type = "varchar(40) CHARACTER SET latin1 COLLATE latin1_german1_ci")]
    name: String,
    #[column(type = "enum('sad', 'ok', 'happy')")]
    mood: Option<String>,
    #[column(type = "set('read', 'write')")]
    rights: Option<String>,
    #[column(type = "year")]
    since: Option<u16>,
}

fn member(id: i64, name: &str, mood: Option<&str>, rights: Option<&str>, since: Option<u16>) -> Member {
    Member { id, name: name.into(), mood: mood.map(Into::into), rights: rights.map(Into::into), since }
}

fn the_server_compares_them_in_its_own_way(backend: Backend) -> Result<()> {
    let place = Place::new(backend);
    block_on(async {
        let databases = place.databases::<(Member,)>().await;
        let session = databases.session();
        let members = [
            member(1, "Jürgen", Some("happy"), Some("read,write"), Some(1901)),
            member(2, "bob", None, Some(""), None),
            member(3, "Cy", Some("ok"), None, Some(2155)),
        ];
        assert_eq!(session.insert(members[1].clone()).await?, members[1]);
        assert_eq!(session.insert_many([members[0].clone(), members[2].clone()]).await?, [members[0].clone(), members[2].clone()]);
        assert_eq!(
            place.witness("SELECT name, hex(name), mood, rights + 0, since FROM member ORDER BY id"),
            "Jürgen\t4AFC7267656E\thappy\t3\t1901\nbob\t626F62\tNULL\t0\tNULL\nCy\t4379\tok\tNULL\t2155"
        );

        let ids = async |condition| {
            let rows = session.all(Member::select().columns(Member::id).filter(condition).order_by(Member::id.asc())).await.unwrap();
            rows.into_iter().map(|(id,)| id).collect::<Vec<_>>()
        };
        assert_eq!(ids(Member::name.eq("JÜRGEN")).await, [1], "the collation minds no case");
        assert_eq!(ids(Member::name.in_(["BOB", "cy"])).await, [2, 3]);
        assert_eq!(ids(Member::mood.eq("happy")).await, [1]);
        assert_eq!(ids(Member::rights.eq("read,write")).await, [1]);
        assert_eq!(ids(Member::since.gt(2000)).await, [3]);
        // Sorted it has the order of its declaration, compared with a text that of texts.
        let sorted = session.all(Member::select().filter(Member::mood.is_not_null()).order_by(Member::mood.asc())).await?;
        assert_eq!(sorted.iter().map(|member| member.id).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(ids(Member::mood.gt("happy")).await, [3]);

        for refused in [
            Member::update_all().set(Member::mood.to("furious")),
            Member::update_all().set(Member::rights.to("read,delete")),
            Member::update_all().set(Member::since.to(1900)),
            Member::update_all().set(Member::name.to("שלום")),
        ] {
            let error = session.execute(refused).await.unwrap_err();
            assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidValue, Some("member")), "{error}");
        }
        databases.close().await;
        Ok(())
    })
}

#[test]
fn the_server_compares_them_in_its_own_way_on_mariadb() -> Result<()> {
    the_server_compares_them_in_its_own_way(Backend::MariaDb)
}

#[test]
fn the_server_compares_them_in_its_own_way_on_mysql_5_7() -> Result<()> {
    the_server_compares_them_in_its_own_way(Backend::MySql57)
}
