//! What is told of a bind's statements, in OpenTelemetry's terms for databases: made once, for every engine.
//!
//! Where nobody listens and no threshold is set, a [`Watch`] is empty: no clock is read, and nothing is copied or formatted.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use tracing::field::{Empty, debug, display};
use tracing::level_filters::LevelFilter;
use tracing::{Instrument, Level, Span};

use super::{Executed, Param, Statement};
use crate::config::TraceOptions;
use crate::value::ValueRef;
use crate::{BindKey, ErrorKind, Result};

/// Of spans and events: what a subscriber filters by.
const TARGET: &str = "bindery::statement";

/// What all statements of a bind have in common.
pub(crate) struct Watched {
    bind: BindKey,
    system: Option<&'static str>,
    namespace: Option<String>,
    options: TraceOptions,
    /// Someone else tells it.
    silent: bool,
}

impl Watched {
    pub(crate) fn new(bind: BindKey, system: &'static str, namespace: &str, options: &TraceOptions) -> Self {
        Watched { bind, system: Some(system), namespace: Some(namespace.to_owned()), options: options.clone(), silent: false }
    }

    /// A bind of which nothing else is known.
    pub(super) fn unknown(bind: BindKey) -> Self {
        Watched { bind, system: None, namespace: None, options: TraceOptions::default(), silent: false }
    }

    /// A bind of whose statements nothing is told here.
    pub(super) fn silent(bind: BindKey) -> Self {
        Watched { silent: true, ..Watched::unknown(bind) }
    }

    pub(super) fn bind(&self) -> BindKey {
        self.bind
    }

    /// A statement, about to be sent.
    pub(super) fn statement(self: &Arc<Self>, statement: &Statement<'_>) -> Watch {
        self.watch(Operation {
            verb: None,
            text: Some(statement.sql),
            table: statement.table,
            parameters: self.options.log_parameters.then_some(statement.params),
        })
    }

    /// A word of bindery's own, about to be sent: its text is the driver's.
    pub(super) fn verb(self: &Arc<Self>, name: &'static str) -> Watch {
        self.watch(Operation { verb: Some(name), text: None, table: None, parameters: None })
    }

    fn watch(self: &Arc<Self>, operation: Operation<'_>) -> Watch {
        // One load says that nobody listens: what follows is kept out of the way of every statement.
        let is_timed = self.options.slow_statement_threshold.is_some();
        if self.silent {
            return Watch::NONE;
        }
        if is_timed || LevelFilter::current() >= Level::DEBUG { self.watch_closely(operation, is_timed) } else { Watch::NONE }
    }

    #[inline(never)]
    fn watch_closely(self: &Arc<Self>, operation: Operation<'_>, is_timed: bool) -> Watch {
        let namespace = self.namespace.as_deref();
        let span = tracing::debug_span!(
            target: TARGET,
            "statement",
            "otel.name" = %SpanName { watched: self, operation: &operation },
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "bindery.bind" = self.bind.as_str(),
            "db.system.name" = self.system,
            "db.namespace" = namespace,
            "db.collection.name" = operation.table,
            "db.operation.name" = operation.name(),
            "db.query.text" = operation.text,
            "bindery.parameters" = operation.parameters.map(|params| debug(Parameters(params))),
            "db.response.returned_rows" = Empty,
            "bindery.rows_affected" = Empty,
            "bindery.elapsed_secs" = Empty,
            "error.type" = Empty,
        );
        if span.is_disabled() && !is_timed {
            return Watch::NONE;
        }
        let slow = is_timed.then(|| SlowStatement {
            operation: operation.name().map(str::to_owned),
            text: operation.text.map(str::to_owned),
            table: operation.table.map(str::to_owned),
            parameters: operation.parameters.map(|params| format!("{:?}", Parameters(params))),
        });
        // Until its answer is there, what ends it is that its future is dropped.
        let running = Running {
            watched: Arc::clone(self),
            span,
            started: Instant::now(),
            slow,
            returned: None,
            affected: None,
            error: Some(ErrorKind::Interrupted),
        };
        Watch(Some(Box::new(running)))
    }
}

#[derive(Clone, Copy)]
struct Operation<'a> {
    verb: Option<&'static str>,
    text: Option<&'a str>,
    table: Option<&'a str>,
    /// only where they are asked for
    parameters: Option<&'a [Param<'a>]>,
}

impl<'a> Operation<'a> {
    /// The verb, else the statement's first word, where it begins with one.
    fn name(&self) -> Option<&'a str> {
        let text = || {
            let text = self.text?.trim_start();
            let word = &text[..text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())];
            (!word.is_empty()).then_some(word)
        };
        self.verb.or_else(text)
    }
}

/// A statement or verb while it runs or is read, where someone wants to know. Dropped, it is over, and what is to be told is told.
pub(super) struct Watch(Option<Box<Running>>);

struct Running {
    watched: Arc<Watched>,
    span: Span,
    started: Instant,
    /// only with a threshold
    slow: Option<SlowStatement>,
    returned: Option<u64>,
    affected: Option<u64>,
    error: Option<ErrorKind>,
}

/// What the event of a slow statement needs once the statement itself is gone.
struct SlowStatement {
    operation: Option<String>,
    text: Option<String>,
    table: Option<String>,
    parameters: Option<String>,
}

impl Watch {
    /// Nothing.
    pub(super) const NONE: Watch = Watch(None);

    /// Whether it is nothing.
    pub(super) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Runs a call inside the span, and notes how it ends. A dropped call is [`ErrorKind::Interrupted`].
    pub(super) async fn run<T>(&mut self, call: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(running) = &mut self.0 else { return call.await };
        running.error = Some(ErrorKind::Interrupted);
        let result = call.instrument(running.span.clone()).await;
        running.error = result.as_ref().err().map(|error| error.kind());
        result
    }

    pub(super) fn executed(&mut self, executed: &Executed) {
        if let Some(running) = &mut self.0 {
            running.affected = executed.rows_affected;
        }
    }

    pub(super) fn returned(&mut self, rows: usize) {
        if let Some(running) = &mut self.0 {
            running.returned = Some(running.returned.unwrap_or(0) + rows as u64);
        }
    }

    /// It failed after the server's answer: a row of it doesn't fit.
    pub(super) fn failed(&mut self, kind: ErrorKind) {
        if let Some(running) = &mut self.0 {
            running.error = Some(kind);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        let Watched { bind, system, namespace, options, silent: _ } = &*self.watched;
        let error = self.error.map(debug);
        if !self.span.is_disabled() {
            self.span.record("bindery.elapsed_secs", elapsed.as_secs_f64());
            self.span.record("db.response.returned_rows", self.returned);
            self.span.record("bindery.rows_affected", self.affected);
            self.span.record("error.type", &error);
            self.span.record("otel.status_code", error.is_some().then_some("ERROR"));
        }
        if let (Some(slow), Some(threshold)) = (&self.slow, options.slow_statement_threshold)
            && elapsed > threshold
        {
            let task = tokio::task::try_id().map(display);
            let _inside = self.span.enter();
            tracing::warn!(
                target: TARGET,
                {
                "bindery.bind" = bind.as_str(),
                "db.system.name" = *system,
                "db.namespace" = namespace.as_deref(),
                "db.collection.name" = slow.table.as_deref(),
                "db.operation.name" = slow.operation.as_deref(),
                "db.query.text" = slow.text.as_deref(),
                "bindery.parameters" = slow.parameters.as_deref(),
                "db.response.returned_rows" = self.returned,
                "bindery.rows_affected" = self.affected,
                "bindery.elapsed_secs" = elapsed.as_secs_f64(),
                "bindery.task" = task,
                "error.type" = error,
                },
                "slow statement: it took {elapsed:.1?}, longer than {threshold:?} (`slow_statement_threshold`)"
            );
        }
    }
}

/// `SELECT users`: what OpenTelemetry calls a span of a database, with little variety.
struct SpanName<'a> {
    watched: &'a Watched,
    operation: &'a Operation<'a>,
}

impl fmt::Display for SpanName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = self.operation.table.or(self.watched.namespace.as_deref());
        match (self.operation.name(), target) {
            (Some(name), Some(target)) => write!(f, "{name} {target}"),
            (Some(word), None) | (None, Some(word)) => f.write_str(word),
            (None, None) => f.write_str(self.watched.system.unwrap_or("statement")),
        }
    }
}

/// The values of parameters, cut where they are long.
struct Parameters<'a>(&'a [Param<'a>]);

/// What is shown of a text.
const SHOWN: usize = 100;

impl fmt::Debug for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|param| Shown(param.value))).finish()
    }
}

struct Shown<'a>(ValueRef<'a>);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ValueRef::Null => f.write_str("NULL"),
            ValueRef::Bool(value) => write!(f, "{value}"),
            ValueRef::I64(value) => write!(f, "{value}"),
            ValueRef::U64(value) => write!(f, "{value}"),
            ValueRef::F64(value) => write!(f, "{value:?}"),
            ValueRef::Decimal(text) => f.write_str(text),
            ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Other { text, .. } => match text.char_indices().nth(SHOWN) {
                Some((end, _)) => write!(f, "{:?}… ({} bytes)", &text[..end], text.len()),
                None => write!(f, "{text:?}"),
            },
            ValueRef::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            ValueRef::Array(values) => write!(f, "{} values", values.len()),
            // As it travels: days or microseconds since 1970, the bytes of a UUID.
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::Effect;

    fn watch(options: &TraceOptions) -> Watch {
        let watched = Arc::new(Watched::new(BindKey::DEFAULT, "sqlite", ":memory:", options));
        watched.statement(&Statement::new("select 1", &[], Effect::Read))
    }

    #[test]
    fn where_nobody_listens_nothing_is_noted() {
        let mut options = TraceOptions { log_parameters: true, slow_statement_threshold: None };
        assert!(watch(&options).0.is_none());
        options.slow_statement_threshold = Some(Duration::from_secs(1));
        assert!(watch(&options).0.is_some());
    }

    #[test]
    fn an_operation_is_the_first_word() {
        for (text, name) in [("select 1", Some("select")), ("\n DELETE\nFROM t", Some("DELETE")), ("VACUUM", Some("VACUUM")), ("", None)] {
            assert_eq!(Operation { verb: None, text: Some(text), table: None, parameters: None }.name(), name, "{text}");
        }
        for text in ["-- why\nselect 1", "(select 1)", "é"] {
            assert_eq!(Operation { verb: None, text: Some(text), table: None, parameters: None }.name(), None, "{text}");
        }
    }
}
