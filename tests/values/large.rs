//! Values of 64 MiB.

use bindery::Result;
use bindery::prelude::*;

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

fn blobs_of_64_mib(backend: Backend) -> Result<()> {
    let page = page();
    let digits: String = page.iter().map(|byte| format!("{byte:02x}")).collect();
    let data = page.repeat(LENGTH / page.len());
    let place = Place::new(backend);
    block_on(async {
        let databases = place.databases::<(Attachment,)>().await;
        let session = databases.session();
        // There, and what the server has is compared by itself or by its own client.
        let inserted = session.insert(Attachment { id: 1, data: data.clone() }).await?;
        assert!(inserted.data == data);
        let is_there = match &place {
            Place::Folder(_) => place.witness(&format!("SELECT length(data) = {LENGTH} AND substr(data, 1, 4096) = x'{digits}' AND substr(data, -4096) = x'{digits}' FROM attachment")) == "1",
            Place::Server(_) => place.witness(&format!("SELECT data = decode(repeat('{digits}', {}), 'hex') FROM attachment", LENGTH / page.len())) == "t",
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
