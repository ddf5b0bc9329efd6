use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// What was told on this thread, from its making until it is dropped.
pub(crate) struct Capture {
    state: Arc<Mutex<State>>,
    _guard: DefaultGuard,
}

/// A span or an event.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) level: Level,
    pub(crate) target: &'static str,
    pub(crate) is_event: bool,
    pub(crate) fields: BTreeMap<&'static str, String>,
    /// the name of the span around it
    pub(crate) inside: Option<String>,
    /// how many hold the span
    holders: usize,
}

#[derive(Default)]
struct State {
    told: Vec<Told>,
    entered: Vec<usize>,
}

impl Told {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// As OpenTelemetry names it.
    pub(crate) fn name(&self) -> String {
        self.field("otel.name").unwrap_or_default().to_owned()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.holders > 0
    }

    /// Its fields, but for what differs from run to run.
    pub(crate) fn steady_fields(&self) -> Vec<String> {
        let steady = self.fields.iter().filter(|(name, _)| **name != "bindery.elapsed_secs");
        steady.map(|(name, value)| format!("{name} = {value}")).collect()
    }
}

impl Capture {
    /// Listens to everything up to this level.
    pub(crate) fn up_to(level: LevelFilter) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let listener = Listener { level, state: Arc::clone(&state) };
        Capture { state, _guard: tracing::subscriber::set_default(listener) }
    }

    /// Everything.
    pub(crate) fn all(&self) -> Vec<Told> {
        self.state.lock().unwrap().told.clone()
    }

    /// The spans of statements and verbs, and the events about them.
    pub(crate) fn of_statements(&self, is_event: bool) -> Vec<Told> {
        self.all().into_iter().filter(|told| told.target == "bindery::statement" && told.is_event == is_event).collect()
    }

    /// The spans since the last call, and forgets them.
    pub(crate) fn take_spans(&self) -> Vec<Told> {
        let spans = self.of_statements(false);
        assert!(spans.iter().all(|span| !span.is_open()), "a span is still open: {spans:?}");
        self.state.lock().unwrap().told.clear();
        spans
    }

    /// The one span since the last call.
    pub(crate) fn take_span(&self) -> Told {
        let [span] = self.take_spans().try_into().unwrap_or_else(|spans| panic!("not one span: {spans:?}"));
        span
    }
}

struct Listener {
    level: LevelFilter,
    state: Arc<Mutex<State>>,
}

impl Listener {
    fn tell(&self, metadata: &'static Metadata<'static>, fields: impl FnOnce(&mut Fields)) -> u64 {
        let mut told = Fields(BTreeMap::new());
        fields(&mut told);
        let mut state = self.state.lock().unwrap();
        let inside = state.entered.last().map(|&span| state.told[span].name());
        let (level, target, is_event) = (*metadata.level(), metadata.target(), metadata.is_event());
        state.told.push(Told { level, target, is_event, fields: told.0, inside, holders: usize::from(!is_event) });
        state.told.len() as u64
    }

    fn with_span<T>(&self, id: &Id, change: impl FnOnce(&mut Told) -> T) -> T {
        change(&mut self.state.lock().unwrap().told[place(id)])
    }
}

fn place(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Id::from_u64(self.tell(span.metadata(), |fields| span.record(fields)))
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields(BTreeMap::new());
        values.record(&mut fields);
        self.with_span(span, |span| span.fields.extend(fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.tell(event.metadata(), |fields| event.record(fields));
    }

    fn enter(&self, span: &Id) {
        self.state.lock().unwrap().entered.push(place(span));
    }

    fn exit(&self, span: &Id) {
        let left = self.state.lock().unwrap().entered.pop();
        assert_eq!(left, Some(place(span)));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.with_span(id, |span| span.holders += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        self.with_span(&id, |span| {
            span.holders -= 1;
            span.holders == 0
        })
    }
}

struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
