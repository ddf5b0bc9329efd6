use std::sync::Arc;
use std::time::Duration;

use bindery_core::engine::{ColumnInfo, Executed};
use bindery_core::schema::{Model, Values};
use bindery_core::value::Value;
use bindery_core::{BindKey, Error, ErrorKind, Result};

use super::recorder::Recorder;
use super::rows::IntoRow;
use super::sent::Call;

/// To what a [`Rule`] answers: made from a part of the SQL, or from a [`Call`].
///
/// ```
/// use bindery_testkit::recorder::{Call, Recorder};
///
/// let recorder = Recorder::mysql();
/// recorder.on("insert into").affects(1); // upper and lower case are the same, and "" is in every statement
/// recorder.on(Call::Query).rows(["count"], [(0,)]);
/// ```
#[derive(Debug, Clone)]
pub struct Trigger(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// In lower case.
    Sql(String),
    Call(Call),
}

impl From<&str> for Trigger {
    fn from(part_of_sql: &str) -> Self {
        Trigger(Kind::Sql(part_of_sql.to_lowercase()))
    }
}

impl From<String> for Trigger {
    fn from(part_of_sql: String) -> Self {
        part_of_sql.as_str().into()
    }
}

impl From<Call> for Trigger {
    fn from(call: Call) -> Self {
        Trigger(Kind::Call(call))
    }
}

/// A rule of a recorder's script, begun by [`Recorder::on`]. Its last method says what it answers, and adds it to the script.
///
/// ```
/// use bindery::ErrorKind;
/// use bindery_testkit::recorder::{Call, Recorder};
/// use std::time::Duration;
///
/// let recorder = Recorder::postgres();
/// recorder.on("FROM \"users\"").bind("auth").once().rows(["id", "email"], [(1, "ada@example.org"), (2, "bob@example.org")]);
/// recorder.on("UPDATE").after(Duration::from_millis(20)).affects(3);
/// recorder.on("DELETE").times(2).fails(ErrorKind::ForeignKeyViolation);
/// recorder.on("pg_sleep").never_answers();
/// ```
#[must_use = "without an answer the rule is not part of the script"]
pub struct Rule<'r> {
    recorder: &'r Recorder,
    entry: Entry,
}

/// A rule as the script keeps it.
pub(super) struct Entry {
    trigger: Trigger,
    bind: Option<String>,
    /// How often it can still answer; `None`: always.
    left: Option<usize>,
    delay: Duration,
    answer: Answer,
}

/// What a rule answers, once its delay is over.
#[derive(Clone)]
pub(super) enum Answer {
    Done(Executed),
    Rows(Rows),
    Fails(ErrorKind),
    /// The script itself is wrong.
    Wrong(ErrorKind, String),
    Never,
}

#[derive(Clone)]
pub(super) struct Rows {
    pub(super) columns: Arc<[ColumnInfo]>,
    pub(super) rows: Arc<[Vec<Value>]>,
    /// What is said after the last row, instead of its end.
    pub(super) failure: Option<ErrorKind>,
}

impl<'r> Rule<'r> {
    pub(super) fn new(recorder: &'r Recorder, trigger: Trigger) -> Self {
        let answer = Answer::Done(Executed::default());
        Rule { recorder, entry: Entry { trigger, bind: None, left: None, delay: Duration::ZERO, answer } }
    }

    /// On this bind only.
    pub fn bind(mut self, bind: impl Into<String>) -> Self {
        self.entry.bind = Some(bind.into());
        self
    }

    /// One time only: what comes after is for the next rule.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// This many times only.
    pub fn times(mut self, times: usize) -> Self {
        self.entry.left = Some(times);
        self
    }

    /// After this delay, by tokio's clock: where a test has paused that, it takes no time.
    pub fn after(mut self, delay: Duration) -> Self {
        self.entry.delay = delay;
        self
    }

    /// With rows: their columns by name, and the cells of each as a tuple.
    ///
    /// ```
    /// use bindery::prelude::*;
    /// use bindery_testkit::recorder::Recorder;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let recorder = Recorder::postgres();
    /// recorder.on("from users").rows(["id", "name"], [(1_i64, Some("Ada")), (2, None)]);
    /// let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://");
    /// let session = builder.without_registered().connect().await?.session();
    ///
    /// let users: Vec<(i64, Option<String>)> = session.all(raw("default", "select id, name from users").rows()).await?;
    /// assert_eq!(users, [(1, Some("Ada".to_owned())), (2, None)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<V, R: IntoRow<V>>(self, columns: impl IntoIterator<Item = impl Into<String>>, rows: impl IntoIterator<Item = R>) {
        let rows = rows.into_iter().map(IntoRow::into_row).collect();
        self.answer_rows(columns.into_iter().map(Into::into).collect(), rows, None);
    }

    /// With rows as [`rows`](Rule::rows), and then, instead of their end, with an error: a server that is lost in the middle of
    /// a long result.
    ///
    /// ```
    /// use bindery::ErrorKind;
    /// use bindery::prelude::*;
    /// use bindery_testkit::recorder::Recorder;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let recorder = Recorder::postgres();
    /// recorder.on("select").rows_then_fails(["id"], [(1,), (2,)], ErrorKind::ConnectionLost);
    /// let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://");
    /// let session = builder.without_registered().connect().await?.session();
    ///
    /// let mut ids = session.stream(raw("default", "select id from users").rows::<(i64,)>());
    /// assert_eq!((ids.try_next().await?, ids.try_next().await?), (Some((1,)), Some((2,))));
    /// assert_eq!(ids.try_next().await.unwrap_err().kind(), ErrorKind::ConnectionLost);
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows_then_fails<V, R: IntoRow<V>>(
        self,
        columns: impl IntoIterator<Item = impl Into<String>>,
        rows: impl IntoIterator<Item = R>,
        kind: ErrorKind,
    ) {
        let rows = rows.into_iter().map(IntoRow::into_row).collect();
        self.answer_rows(columns.into_iter().map(Into::into).collect(), rows, Some(kind));
    }

    /// With models as rows, all their columns in order: for a select of the model, and for an insert that gives its rows back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../core/docs/blog.rs"));
    /// use bindery_testkit::recorder::Recorder;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> bindery::Result<()> {
    /// let recorder = Recorder::postgres();
    /// recorder.on("INSERT INTO \"posts\"").models([Post { id: 7, author: 1, title: "Notes".into(), stars: None, answers: None }]);
    /// let builder = Databases::builder().driver(recorder.driver()).bind("default", "recorder://");
    /// let session = builder.without_registered().connect().await?.session();
    ///
    /// let post = session.insert(NewPost::new(1, "Notes".into())).await?;
    /// assert_eq!(post.id, 7);
    /// # Ok(())
    /// # }
    /// ```
    pub fn models<M: Model>(self, models: impl IntoIterator<Item = M>) {
        let columns = M::NAMES.iter().map(|name| (*name).to_owned()).collect();
        self.answer_rows(columns, models.into_iter().map(values).collect(), None);
    }

    /// With this number of rows affected.
    pub fn affects(self, rows: u64) {
        self.answer(Answer::Done(Executed::rows(rows)));
    }

    /// With success, and no number of rows: for DDL, and for a [`Call`] that is to succeed [after](Rule::after) a while.
    pub fn succeeds(self) {
        self.answer(Answer::Done(Executed::default()));
    }

    /// With an error of this kind, as the bind's server would give it. What that does to the transaction and the connection is told in
    /// the documentation of the [module](super).
    pub fn fails(self, kind: ErrorKind) {
        self.answer(Answer::Fails(kind));
    }

    /// Never: whoever waits has to give up, or to be dropped.
    pub fn never_answers(self) {
        self.answer(Answer::Never);
    }

    fn answer_rows(self, columns: Vec<String>, rows: Result<Vec<Vec<Value>>>, failure: Option<ErrorKind>) {
        let width = columns.len();
        let answer = match rows {
            Err(error) => Answer::Wrong(error.kind(), format!("a row of the recorder's script can't be carried: {error}")),
            Ok(rows) => match rows.iter().find(|row| row.len() != width) {
                Some(row) => Answer::Wrong(
                    ErrorKind::InvalidStatement,
                    format!("the recorder's script names {width} columns, and gives a row of {}", row.len()),
                ),
                None => {
                    let columns = columns.into_iter().map(ColumnInfo::new).collect();
                    Answer::Rows(Rows { columns, rows: rows.into(), failure })
                }
            },
        };
        self.answer(answer);
    }

    fn answer(mut self, answer: Answer) {
        self.entry.answer = answer;
        self.recorder.add(self.entry);
    }
}

impl Entry {
    /// Its answer, where it fits and is not used up.
    pub(super) fn answer(&mut self, bind: BindKey, call: Call, sql: &str) -> Option<(Duration, Answer)> {
        let fits = match &self.trigger.0 {
            Kind::Call(other) => *other == call,
            Kind::Sql(part) => matches!(call, Call::Query | Call::Execute) && sql.to_lowercase().contains(part),
        };
        if !fits || self.left == Some(0) || self.bind.as_deref().is_some_and(|only| only != bind.as_str()) {
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some((self.delay, self.answer.clone()))
    }
}

/// A model's values; each column has one, for a model has no column left to the server.
fn values<M: Model>(model: M) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(M::WIDTH);
    Values::into_values(model, &mut values)?;
    let all: Option<Vec<_>> = values.into_iter().collect();
    all.ok_or_else(|| Error::new(ErrorKind::Internal, "a model left a column to the server").at_table(M::NAME))
}
