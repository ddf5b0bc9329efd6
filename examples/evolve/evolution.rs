use std::path::{Path, PathBuf};

use bindery::migrate::{Draft, Migrations, Question, Target, Version};
use bindery::prelude::*;
use bindery::session::Builder;
use bindery::{Error, ErrorKind, Result};

use crate::backends::Backends;
use crate::places::Places;
use crate::releases::{self, Release};

/// One application, from its first release to its last, on its databases.
pub(crate) struct Evolution {
    pub(crate) places: Places,
}

impl Evolution {
    pub(crate) fn new(backends: Backends) -> Result<Self> {
        Ok(Evolution { places: Places::new(backends)? })
    }

    pub(crate) fn releases(&self) -> Vec<Box<dyn Release>> {
        releases::all()
    }

    /// The databases as this release has them, with these tables.
    pub(crate) async fn databases(&self, release: &dyn Release, models: impl FnOnce(Builder) -> Builder) -> Result<Databases> {
        let mut builder = bindery::builder().without_registered();
        for bind in release.binds() {
            builder = builder.bind(bind, self.places.url(bind)?);
        }
        models(builder).connect().await
    }

    /// Its migrations: the files that it has, and those in Rust of every release up to it.
    pub(crate) fn migrations(&self, databases: &Databases, release: &dyn Release) -> Migrations {
        self.migrations_until(databases, release, release.number())
    }

    fn migrations_until(&self, databases: &Databases, release: &dyn Release, number: u32) -> Migrations {
        let migrations = databases.migrations().directory(self.directory(release.number()));
        let known = self.releases().into_iter().filter(|other| other.number() <= number);
        known.fold(migrations, |migrations, other| other.rust(migrations))
    }

    /// What a checkout of a release has.
    fn directory(&self, number: u32) -> PathBuf {
        self.places.folder.path().join(format!("release_{number:02}"))
    }

    /// Writes the migrations of a release, as its developers do once: beside those of the release before it.
    pub(crate) async fn write(&self, release: &dyn Release) -> Result<()> {
        if release.number() > 1 {
            copy_folder(&self.directory(release.number() - 1), &self.directory(release.number()))
                .map_err(|error| Error::new(ErrorKind::Migration, "the migrations could not be copied").with_source(error))?;
        }
        release.write(self).await
    }

    /// Has bindery write a migration on each bind where these tables need one.
    pub(crate) async fn draft(
        &self,
        release: &dyn Release,
        step: u32,
        models: impl FnOnce(Builder) -> Builder,
        answer: impl Fn(&mut Draft) -> Result<()>,
    ) -> Result<()> {
        let databases = self.databases(release, models).await?;
        // What comes before the migration in Rust is written before it.
        let migrations = self.migrations_until(&databases, release, if step == 0 { release.number() - 1 } else { release.number() });
        for bind in release.binds() {
            let mut draft = migrations.draft(bind).await?;
            if draft.is_empty() {
                continue;
            }
            answer(&mut draft)?;
            let name = release.name().replace(' ', "_");
            draft.with_version(version(release.number(), step)?)?.write(&name).await?;
        }
        databases.close().await;
        Ok(())
    }

    /// A newer release starts on its databases: it upgrades them, and then does its work.
    pub(crate) async fn lead_up(&self, release: &dyn Release) -> Result<()> {
        let databases = self.databases(release, |builder| release.models(builder)).await?;
        let migrations = self.migrations(&databases, release);
        migrations.upgrade(All).await?;
        let session = databases.session();
        release.fill(&session).await?;
        release.check(&session).await?;
        databases.close().await;
        Ok(())
    }

    /// Back to the release before it, which finds what it had.
    pub(crate) async fn lead_down(&self, release: &dyn Release) -> Result<()> {
        let databases = self.databases(release, |builder| release.models(builder)).await?;
        let migrations = self.migrations(&databases, release);
        release.prepare_to_leave(&databases.session()).await?;
        let target = match release.number() {
            1 => Target::Nothing,
            number => Target::Version(version(number - 1, 99)?),
        };
        migrations.downgrade(All, target).await?;
        databases.close().await;
        let before = self.releases().into_iter().find(|other| other.number() + 1 == release.number());
        if let Some(before) = before {
            let databases = self.databases(&*before, |builder| before.models(builder)).await?;
            before.check(&databases.session()).await?;
            databases.close().await;
        }
        Ok(())
    }

    /// Models, migrations and databases are the same, as its developers test it.
    pub(crate) async fn compare(&self, release: &dyn Release) -> Result<()> {
        let databases = self.databases(release, |builder| release.models(builder)).await?;
        for check in self.migrations(&databases, release).check(All).await? {
            ensure(check.is_clean(), || format!("{}: {check}", release.name()))?;
        }
        databases.close().await;
        Ok(())
    }

    /// What each database has come to.
    #[allow(dead_code)] // the program's; its test looks for itself
    pub(crate) async fn summary(&self) -> Result<String> {
        let last = self.releases().pop().ok_or_else(|| Error::new(ErrorKind::Internal, "there are releases"))?;
        let databases = self.databases(&*last, |builder| last.models(builder)).await?;
        let mut lines = Vec::new();
        for current in self.migrations(&databases, &*last).current(All).await? {
            let tables = databases.reflect(current.bind).await?.tables;
            let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).filter(|name| *name != "bindery_migrations").collect();
            lines.push(format!("{current}: {}", names.join(", ")));
        }
        Ok(lines.join("\n"))
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to.join(entry.file_name()))?;
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The version of a step of a release: the first of January 2026 is the day of the first one, and so on.
pub(crate) fn version(release: u32, step: u32) -> Result<Version> {
    format!("202601{release:02}0000{step:02}").parse()
}

pub(crate) fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::new(ErrorKind::Schema, problem())) }
}

/// No questions were expected: what is gone is gone.
pub(crate) fn all_apart(draft: &mut Draft) {
    let questions: Vec<Question> = draft.questions();
    for question in questions {
        draft.keep_apart(question);
    }
    draft.consent_to_all();
}
