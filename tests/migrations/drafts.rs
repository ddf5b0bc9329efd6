//! Migrations that bindery writes: what they make is what the models say, for random ones on each backend.

use bindery::Result;
use bindery::definition::DatabaseDefinition;
use bindery::migrate::{Draft, Migrations, Target};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::ground::{Backend, Ground, on_each_backend, rounds};
use crate::random::{Release, two_releases};

on_each_backend!(what_was_written_is_enough);

async fn migrations(ground: &Ground, release: &Release) -> Migrations {
    let databases = ground.builder().tables(release.tables("auth")).connect().await.unwrap();
    databases.migrations().directory(ground.folder.path().join("migrations"))
}

/// Nothing was renamed, and everything may be lost.
fn answered(mut draft: Draft) -> Draft {
    loop {
        let questions = draft.questions();
        if questions.is_empty() {
            break;
        }
        for question in questions {
            draft.keep_apart(question);
        }
    }
    draft.consent_to_all();
    draft
}

/// Writes what there is to write and applies it: then there is nothing more.
async fn lead_to(ground: &Ground, release: &Release, name: &str) -> Result<DatabaseDefinition> {
    let migrations = migrations(ground, release).await;
    let mut draft = answered(migrations.draft("auth").await?);
    assert_eq!(draft.unseen(), Vec::<String>::new());
    draft.write(name).await?;
    migrations.upgrade("auth").await?;
    let mut again = migrations.draft("auth").await?;
    assert!(again.is_empty(), "there is more: {:#?}", again.changes());
    assert_eq!(again.write("nothing").await?, None);
    reflect(ground).await
}

async fn reflect(ground: &Ground) -> Result<DatabaseDefinition> {
    let mut definition = ground.databases().await.reflect("auth").await?;
    definition.tables.retain(|table| table.name != "bindery_migrations");
    Ok(definition)
}

async fn two(backend: Backend, before: &Release, after: &Release) -> Result<()> {
    let ground = Ground::new(backend);
    let first = lead_to(&ground, before, "before").await?;
    let second = lead_to(&ground, after, "after").await?;
    // What grew is what is made at once.
    let fresh = Ground::new(backend);
    fresh.builder().tables(after.tables("auth")).connect().await?.create_all("auth").await?;
    let made = reflect(&fresh).await?;
    assert_same(&without_comments(&second), &without_comments(&made)); // a comment that a model no longer has is not taken away

    let migrations = migrations(&ground, after).await;
    if migrations.history("auth").await?.iter().any(|entry| entry.name == "after") {
        migrations.downgrade("auth", Target::Steps(1)).await?;
        assert_same(&reflect(&ground).await?, &first);
        migrations.upgrade("auth").await?;
        assert_same(&reflect(&ground).await?, &second);
    }
    let check = migrations.check("auth").await?.remove(0);
    assert!(check.is_clean(), "{check}");
    Ok(())
}

/// Said table by table: the whole is long.
fn assert_same(one: &DatabaseDefinition, other: &DatabaseDefinition) {
    let (one, other) = (without_order(one), without_order(other));
    for (table, another) in one.tables.iter().zip(&other.tables) {
        assert_eq!(table, another);
    }
    assert_eq!(one, other);
}

fn without_comments(definition: &DatabaseDefinition) -> DatabaseDefinition {
    let mut definition = definition.clone();
    for table in &mut definition.tables {
        table.comment = None;
        table.columns.iter_mut().for_each(|column| column.comment = None);
    }
    definition
}

/// The order of columns is none of a migration's business.
fn without_order(definition: &DatabaseDefinition) -> DatabaseDefinition {
    let mut definition = definition.clone();
    for table in &mut definition.tables {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
    }
    definition
}

fn clock() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
}

async fn what_was_written_is_enough(backend: Backend) -> Result<()> {
    let rounds = rounds(if backend == Backend::Sqlite { 40 } else { 6 });
    let seed = std::env::var("BINDERY_SEED").map_or_else(|_| clock(), |seed| seed.parse().unwrap());
    let mut seeds = [0; 32];
    seeds[..16].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seeds));
    for round in 0..rounds {
        let (before, after) = two_releases().new_tree(&mut runner).unwrap().current();
        let result = tokio::spawn({
            let (before, after) = (before.clone(), after.clone());
            async move { two(backend, &before, &after).await }
        });
        match result.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => panic!("round {round} of BINDERY_SEED={seed}: {error:?}\n{before:#?}\n{after:#?}"),
            Err(panicked) => panic!("round {round} of BINDERY_SEED={seed}: {panicked}\n{before:#?}\n{after:#?}"),
        }
    }
    Ok(())
}
