//! Values of 64 MiB.

use bindery::prelude::*;
use bindery::{ErrorKind, Result};

use bindery_testkit::{MysqlFlavor, TempMysql};

use crate::column::{Backend, Place, block_on};

const LENGTH: usize = 64 << 20;

#[derive(Model, Clone, PartialEq)]
struct Attachment {
    #[column(primary_key)]
    id: i64,
    data: Vec<u8>,
}

/// A page of bytes that has each of them, so that a shifted or swapped piece shows.
fn page() -> Vec<u8> {
    (0..4096_u32).map(|index| (index * index / 7 + index) as u8).collect()
}

/// MySQL's servers carry 16 MiB at once, and 5.7 writes a tenth of its log, unless they are told otherwise.
fn place_of(backend: Backend) -> Place {
    let with = |flavor| TempMysql::builder(flavor).setting("max_allowed_packet", "192M");
    let server = match backend {
        Backend::Sqlite | Backend::Postgres => return Place::new(backend),
        Backend::MariaDb => with(MysqlFlavor::MariaDb).setting("innodb_log_file_size", "192M"),
        Backend::MySql57 => with(MysqlFlavor::MySql).setting("innodb_log_file_size", "384M"),
    };
    Place::Mysql(server.start().unwrap().database().unwrap())
}

fn blobs_of_64_mib(backend: Backend) -> Result<()> {
    let page = page();
    let digits: String = page.iter().map(|byte| format!("{byte:02x}")).collect();
    let data = page.repeat(LENGTH / page.len());
    let place = place_of(backend);
    block_on(async {
        let databases = place.databases::<(Attachment,)>().await;
        let session = databases.session();
        // There, and what the server has is compared by itself or by its own client.
        let inserted = session.insert(Attachment { id: 1, data: data.clone() }).await?;
        assert!(inserted.data == data);
        let is_there = match &place {
            Place::Folder(_) => place.witness(&format!("SELECT length(data) = {LENGTH} AND substr(data, 1, 4096) = x'{digits}' AND substr(data, -4096) = x'{digits}' FROM attachment")) == "1",
            Place::Mysql(_) => place.witness(&format!("SELECT data = unhex(repeat('{digits}', {})) FROM attachment", LENGTH / page.len())) == "1",
            Place::Postgres(_) => place.witness(&format!("SELECT data = decode(repeat('{digits}', {}), 'hex') FROM attachment", LENGTH / page.len())) == "t",
        };
        assert!(is_there, "{backend:?} has other bytes");
        // And back; beside a small one, in one result.
        session.insert(Attachment { id: 2, data: vec![7] }).await?;
        let read = session.all(Attachment::select().order_by(Attachment::id.asc())).await?;
        assert_eq!(read.iter().map(|attachment| attachment.data.len()).collect::<Vec<_>>(), [LENGTH, 1]);
        assert!(read[0].data == data);
        assert!(session.count(Attachment::select().filter(Attachment::data.eq(data))).await? == 1);
        databases.close().await;
        Ok(())
    })
}

#[test]
fn blobs_of_64_mib_on_sqlite() -> Result<()> {
    blobs_of_64_mib(Backend::Sqlite)
}

#[test]
fn blobs_of_64_mib_on_postgres() -> Result<()> {
    blobs_of_64_mib(Backend::Postgres)
}

#[test]
fn blobs_of_64_mib_on_mariadb() -> Result<()> {
    blobs_of_64_mib(Backend::MariaDb)
}

#[test]
fn blobs_of_64_mib_on_mysql_5_7() -> Result<()> {
    blobs_of_64_mib(Backend::MySql57)
}

/// Where the server carries less, it is an error of the value, and the connection goes on.
#[test]
fn a_blob_that_the_server_does_not_carry_is_refused() -> Result<()> {
    for flavor in [MysqlFlavor::MariaDb, MysqlFlavor::MySql] {
        let server = TempMysql::builder(flavor).setting("max_allowed_packet", "1M").start().unwrap();
        let place = Place::Mysql(server.database().unwrap());
        block_on(async {
            let databases = place.databases::<(Attachment,)>().await;
            let session = databases.session();
            session.insert(Attachment { id: 1, data: vec![7; 1_000_000] }).await?;
            let error = session.execute(Attachment::insert([Attachment { id: 2, data: vec![7; 2 << 20] }])).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidValue, "{flavor:?}: {error:?}");
            assert!(error.to_string().contains("larger than the server's `max_allowed_packet`"), "{error}");
            assert_eq!(session.count(Attachment::select()).await?, 1);
            databases.close().await;
            Ok::<(), bindery::Error>(())
        })?;
    }
    Ok(())
}
