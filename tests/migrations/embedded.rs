//! Migrations in the binary.

use bindery::migrate::{EmbeddedMigration, Target, Version};
use bindery::session::All;
use bindery::{Result, embed_migrations};

use crate::ground::{Backend, Ground, on_each_backend, steps};

on_each_backend!(without_files);

static MIGRATIONS: &[EmbeddedMigration] = embed_migrations!("tests/migrations/embedded");

async fn without_files(backend: Backend) -> Result<()> {
    let ground = Ground::new(backend);
    let migrations = ground.databases().await.migrations().embedded(MIGRATIONS);
    assert_eq!(steps(&migrations.upgrade(All).await?, "auth"), ["up 20261101000000"]);
    assert_eq!(ground.tables("auth"), ["users"]);
    // The same files, read as files: nobody has changed them.
    let files = ground.databases().await.migrations().directory(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/migrations/embedded"));
    assert_eq!(steps(&files.upgrade(All).await?, "auth"), Vec::<String>::new());
    migrations.downgrade("auth", Target::Nothing).await?;
    assert_eq!(ground.tables("auth"), Vec::<String>::new());
    let version: Version = "20261101000000".parse()?;
    let error = migrations.squash("auth", version, "all").await.unwrap_err();
    assert_eq!(error.to_string(), "migrations in the binary can't be squashed: squash their folder, and build it anew (bind `auth`)");
    Ok(())
}
