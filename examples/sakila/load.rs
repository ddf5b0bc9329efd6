//! Loading: every table is created anew and filled from its file, one transaction for each bind.

use std::path::Path;

use bindery::Result;
use bindery::prelude::*;
use bindery::schema::{Insertable, Model};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::csv_file;
use crate::models::*;

/// As many rows as an INSERT has.
const CHUNK: usize = 1_000;

/// Drops Sakila's tables where they are from an earlier run, creates them, and fills them from the files in this folder.
pub(crate) async fn load(databases: &Databases, folder: &Path) -> Result<()> {
    databases.drop_all(All).await?;
    databases.create_all(All).await?;

    let session = databases.session();
    let load = Load { folder, bars: MultiProgress::new() };
    // Each bind has a transaction of its own, so none waits for another.
    tokio::try_join!(load.films(&session), load.people(&session), load.rentals(&session))?;
    Ok(())
}

struct Load<'a> {
    folder: &'a Path,
    bars: MultiProgress,
}

impl Load<'_> {
    async fn films(&self, session: &Session) -> Result<()> {
        let tx = session.begin().await?;
        self.table::<Language>(&tx).await?;
        self.table::<Film>(&tx).await?;
        self.table::<Actor>(&tx).await?;
        self.table::<FilmActor>(&tx).await?;
        self.table::<Category>(&tx).await?;
        self.table::<FilmCategory>(&tx).await?;
        tx.commit().await
    }

    async fn people(&self, session: &Session) -> Result<()> {
        let tx = session.begin().await?;
        self.table::<Country>(&tx).await?;
        self.table::<City>(&tx).await?;
        self.table::<Address>(&tx).await?;

        // Their managers are no staff yet.
        let mut stores: Vec<Store> = csv_file::read(self.folder)?;
        let managers: Vec<_> = stores.iter_mut().map(|store| (store.store_id, store.manager_staff_id.take())).collect();
        self.rows(&tx, stores).await?;
        self.table::<Staff>(&tx).await?;
        for (store, manager) in managers {
            tx.execute(Store::update().set(Store::manager_staff_id.to(manager)).filter(Store::store_id.eq(store))).await?;
        }

        self.table::<Customer>(&tx).await?;
        tx.commit().await
    }

    async fn rentals(&self, session: &Session) -> Result<()> {
        let tx = session.begin().await?;
        self.table::<Inventory>(&tx).await?;
        self.table::<Rental>(&tx).await?;
        self.table::<Payment>(&tx).await?;
        tx.commit().await
    }

    /// Fills a table from its file.
    async fn table<M: Model + Insertable<Model = M>>(&self, session: &Session) -> Result<()> {
        self.rows::<M>(session, csv_file::read(self.folder)?).await
    }

    /// Inserts rows, in chunks so that their progress can be seen.
    async fn rows<M: Model + Insertable<Model = M>>(&self, session: &Session, rows: Vec<M>) -> Result<()> {
        let bar = self.bars.add(progress_bar::<M>(rows.len()));
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let inserted = session.execute(M::insert(rows.by_ref().take(CHUNK))).await?;
            bar.inc(inserted.rows_affected.unwrap_or_default());
        }
        bar.finish();
        Ok(())
    }
}

/// It draws nothing where standard error is no terminal.
fn progress_bar<M: Model>(rows: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:>24} {bar:30} {human_pos:>6} of {human_len}");
    ProgressBar::new(rows as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_prefix(format!(
        "{}.{}",
        M::table().bind(),
        M::NAME
    ))
}
