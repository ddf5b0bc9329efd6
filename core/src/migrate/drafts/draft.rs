use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::ddl::{self, Change, Renames, Script};
use crate::definition::DatabaseDefinition;
use crate::engine::Dialect;
use crate::migrate::files::{check_name, write_folder};
use crate::migrate::{Question, Version};
use crate::{BindKey, Error, ErrorKind, Result};

/// A migration that bindery would write: what leads from the definitions that there are to those of the application's tables.
///
/// Renames are [asked for](Draft::questions), and what may lose rows or values needs [consent](Draft::consent_to). Views, triggers,
/// functions and procedures are not looked at; what else is seen and can't be written is [said](Draft::unseen). Read what it writes before
/// you apply it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let databases = blog().await?;
/// # let folder = tempfile::tempdir().unwrap();
/// let migrations = databases.migrations().directory(folder.path());
/// let mut draft = migrations.draft("auth").await?;
/// for change in draft.changes() {
///     println!("{change}"); // table `users` is created …
/// }
/// let written = draft.write("users").await?; // …/auth/20261129120305_users
/// assert!(written.unwrap().join("up.sql").exists());
///
/// assert!(migrations.draft("auth").await?.is_empty()); // the migrations make what the models say
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is written before `write`"]
pub struct Draft {
    pub(in crate::migrate) bind: BindKey,
    pub(in crate::migrate) dialect: Dialect,
    pub(in crate::migrate) folder: PathBuf,
    pub(in crate::migrate) newest: Option<Version>,
    pub(in crate::migrate) version: Option<Version>,
    /// the migrations in Rust
    pub(in crate::migrate) rust: Vec<String>,
    pub(in crate::migrate) from: DatabaseDefinition,
    pub(in crate::migrate) to: DatabaseDefinition,
    pub(in crate::migrate) answers: Answers,
    /// the losses that may be
    pub(in crate::migrate) consents: Vec<Change>,
    pub(in crate::migrate) is_written: bool,
}

/// What was answered.
#[derive(Debug, Clone, Default)]
pub(in crate::migrate) struct Answers {
    yes: BTreeSet<Question>,
    no: BTreeSet<Question>,
}

impl Answers {
    fn renames(&self) -> Renames {
        let mut renames = Renames::default();
        for question in &self.yes {
            match question {
                Question::Table { from, to } => renames.table(from, to),
                Question::Column { table, from, to } => renames.column(table, from, to),
            }
        }
        renames
    }

    /// Those of the way back, on which a column's table gets its old name.
    fn renames_back(&self) -> Renames {
        let mut renames = Renames::default();
        for question in &self.yes {
            match question {
                Question::Table { from, to } => renames.table(to, from),
                Question::Column { table, from, to } => renames.column(self.table_before(table), to, from),
            }
        }
        renames
    }

    fn table_before<'a>(&'a self, table: &'a str) -> &'a str {
        let before = self.yes.iter().find_map(|question| match question {
            Question::Table { from, to } if to == table => Some(from.as_str()),
            _ => None,
        });
        before.unwrap_or(table)
    }
}

impl Draft {
    /// The bind.
    pub fn bind(&self) -> BindKey {
        self.bind
    }

    /// Each thing that changes, in the order in which it is changed.
    pub fn changes(&self) -> Vec<Change> {
        self.difference().changes
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes().is_empty()
    }

    /// What differs, and bindery doesn't write: for people to write by hand.
    pub fn unseen(&self) -> Vec<String> {
        self.difference().unseen
    }

    /// What is there and was not compared: views, triggers, functions and their like, and the migrations in Rust, which are not run in a
    /// scratch database.
    pub fn not_compared(&self) -> Vec<String> {
        let sides = [&self.from, &self.to];
        let views = sides.iter().flat_map(|side| &side.views).map(|view| format!("view `{}`", view.name));
        let others = sides.iter().flat_map(|side| &side.others).map(|other| format!("{} `{}`", other.kind, other.name));
        let rust = self.rust.iter().map(|name| format!("migration `{name}`, in Rust"));
        let mut named = BTreeSet::new();
        views.chain(others).chain(rust).filter(|name| named.insert(name.clone())).collect()
    }

    fn difference(&self) -> ddl::Difference {
        ddl::diff(self.dialect.family(), &self.from, &self.to, &self.answers.renames())
    }

    /// What has to be answered before it is written: by [`renamed`](Draft::renamed) or [`keep_apart`](Draft::keep_apart). An answer may
    /// lead to another question: ask until there is none.
    pub fn questions(&self) -> Vec<Question> {
        let candidates = ddl::candidates(&self.from, &self.to, &self.answers.renames());
        candidates.into_iter().map(Question::from).filter(|question| !self.answers.no.contains(question)).collect()
    }

    /// They are one thing, under another name: what it has stays. As [`rename_table`](Draft::rename_table) or
    /// [`rename_column`](Draft::rename_column) say it of things that were not asked for.
    ///
    /// # Errors
    /// As theirs.
    pub fn renamed(&mut self, question: Question) -> Result<&mut Self> {
        match question {
            Question::Table { from, to } => self.rename_table(&from, &to),
            Question::Column { table, from, to } => self.rename_column(&table, &from, &to),
        }
    }

    /// The table had another name; its rows stay.
    ///
    /// # Errors
    /// [`ErrorKind::Migration`] where there was no table of the one name, or is none of the other.
    pub fn rename_table(&mut self, from: &str, to: &str) -> Result<&mut Self> {
        if self.from.table(from).is_none() || self.to.table(to).is_none() {
            return Err(self.problem(format!(
                "the table `{from}` can't have been renamed to `{to}`: there was no `{from}`, or there is no `{to}` now"
            )));
        }
        self.answer(Question::Table { from: from.to_owned(), to: to.to_owned() })
    }

    /// The column had another name; its values stay. The table is named as it is now.
    ///
    /// # Errors
    /// [`ErrorKind::Migration`] where there was no column of the one name, or is none of the other.
    pub fn rename_column(&mut self, table: &str, from: &str, to: &str) -> Result<&mut Self> {
        let was_there = self.from.table(self.answers.table_before(table)).is_some_and(|table| table.column(from).is_some());
        let is_there = self.to.table(table).is_some_and(|table| table.column(to).is_some());
        if !was_there || !is_there {
            return Err(self.problem(format!(
                "the column `{table}.{from}` can't have been renamed to `{to}`: there was no `{from}`, or there is no `{to}` now. The table is named as it is now; where it \
                 was renamed too, say that first"
            )));
        }
        self.answer(Question::Column { table: table.to_owned(), from: from.to_owned(), to: to.to_owned() })
    }

    /// One thing has one name before and one after.
    fn answer(&mut self, question: Question) -> Result<&mut Self> {
        let other = self.answers.yes.iter().find(|other| **other != question && other.shares_a_name(&question));
        if let Some(other) = other {
            return Err(self.problem(format!("that can't be beside another answer: \"{other}\" was answered by yes")));
        }
        self.answers.yes.insert(question);
        Ok(self)
    }

    /// They are two things: the one is dropped, and the other is new.
    pub fn keep_apart(&mut self, question: Question) -> &mut Self {
        self.answers.no.insert(question);
        self
    }

    /// Lets one change pass that may lose rows, columns or values: of which [`Change::loss`] says something.
    pub fn consent_to(&mut self, change: &Change) -> &mut Self {
        self.consents.push(change.clone());
        self
    }

    /// Lets everything pass that may be lost as it stands now. Where an answer to a question leads to other losses, they need another
    /// consent.
    pub fn consent_to_all(&mut self) -> &mut Self {
        self.consents = self.changes();
        self
    }

    /// Under another version than that of now: one that is newer than the bind's others.
    ///
    /// # Errors
    /// [`ErrorKind::Migration`] where it is not.
    pub fn with_version(mut self, version: Version) -> Result<Self> {
        if let Some(newest) = self.newest.filter(|newest| *newest >= version) {
            return Err(self.problem(format!("{version} is not newer than {newest}, which this bind has")));
        }
        self.version = Some(version);
        Ok(self)
    }

    /// The text of its `up.sql`.
    pub fn up_sql(&self) -> String {
        let Self { dialect, from, to, .. } = self;
        let changes = self.changes();
        text(&ddl::alter(dialect, from, to, &changes), &changes, &self.unseen())
    }

    /// The text of its `down.sql`: what leads back. What was lost does not come back by it.
    pub fn down_sql(&self) -> String {
        let Self { dialect, from, to, .. } = self;
        let changes = ddl::diff(dialect.family(), to, from, &self.answers.renames_back()).changes;
        text(&ddl::alter(dialect, to, from, &changes), &changes, &[])
    }

    /// Writes it into the bind's folder, under the version of now; where nothing changes, or it was written already, nothing, and `None` is
    /// given back.
    ///
    /// # Errors
    /// [`ErrorKind::Migration`]: questions that are not answered, losses without consent, a name that isn't letters, digits, hyphens and
    /// underscores, a folder that can't be written. Nothing is written then.
    pub async fn write(&mut self, name: &str) -> Result<Option<PathBuf>> {
        check_name(name).map_err(|error| error.on_bind(self.bind))?;
        let questions = self.questions();
        if !questions.is_empty() {
            let problems = questions.iter().map(ToString::to_string).collect();
            let summary =
                "it has to be said first whether these were renamed: `rename_table` and `rename_column` say yes, `keep_apart` says no";
            return Err(Error::with_problems(ErrorKind::Migration, summary, problems).on_bind(self.bind));
        }
        let changes = self.changes();
        let unasked = changes.iter().filter(|change| !self.consents.contains(change));
        let losses: Vec<_> = unasked.filter_map(|change| Some(format!("{change}: {}", change.loss()?))).collect();
        if !losses.is_empty() {
            let summary = "this may lose rows or values: `consent_to` lets one change pass, `consent_to_all` all of them; what has only got another name keeps them by \
                           `rename_table` or `rename_column`";
            return Err(Error::with_problems(ErrorKind::Migration, summary, losses).on_bind(self.bind));
        }
        if changes.is_empty() || self.is_written {
            return Ok(None);
        }
        let version = self.version.unwrap_or_else(|| Version::now().after(self.newest));
        let folder = self.folder.join(format!("{version}_{name}"));
        let files = [("up.sql", self.up_sql()), ("down.sql", self.down_sql())];
        let written = write_folder(folder, files.into()).await.map_err(|error| error.on_bind(self.bind))?;
        self.is_written = true;
        Ok(Some(written))
    }

    fn problem(&self, problem: String) -> Error {
        Error::new(ErrorKind::Migration, problem).on_bind(self.bind)
    }
}

/// A script as a file: what is to be known first, then the statements.
fn text(script: &Script, changes: &[Change], unseen: &[String]) -> String {
    let mut text = String::new();
    if script.needs_foreign_keys_off {
        text.push_str("-- bindery: foreign-keys-off\n");
    }
    let losses = changes.iter().filter_map(|change| Some(format!("LOSES: {change}: {}", change.loss()?)));
    let notes = script.notes.iter().map(|note| format!("NOTE: {note}"));
    let unseen = unseen.iter().map(|unseen| format!("NOT WRITTEN: {unseen}"));
    for line in losses.chain(notes).chain(unseen) {
        // A name with a line break in it would end the comment.
        let _ = writeln!(text, "-- {}", line.replace(['\n', '\r'], " "));
    }
    for statement in &script.statements {
        let _ = writeln!(text, "{statement};");
    }
    text
}
