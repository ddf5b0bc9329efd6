use std::time::{Duration, Instant};

use tokio::runtime::{self, Runtime};

use crate::{Error, Result};

/// How often each side runs a workload; odd, so that there is one in the middle.
const ROUNDS: usize = 301;
/// A workload that takes longer than this in all has fewer rounds, but no fewer than a tenth.
const LONGEST: Duration = Duration::from_secs(20);
/// Rounds before those, which fill caches.
const WARM_UP: usize = 10;

/// Tokio's two kinds of runtime.
pub(crate) struct Runtimes {
    pub(crate) current_thread: Runtime,
    pub(crate) multi_thread: Runtime,
}

pub(crate) fn current_thread() -> Result<Runtime> {
    Ok(runtime::Builder::new_current_thread().enable_all().build()?)
}

pub(crate) fn multi_thread() -> Result<Runtime> {
    Ok(runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

impl Runtimes {
    pub(crate) fn new() -> Result<Self> {
        Ok(Runtimes { current_thread: current_thread()?, multi_thread: multi_thread()? })
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.multi_thread.block_on(future)
    }
}

/// What is asked of bindery, beside the raw driver's own time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// no more than so much longer
    Difference(Duration),
    /// no more than so many times as long
    Ratio(f64),
}

/// One workload of the raw driver's and the same of bindery's.
pub(crate) struct Race<'a> {
    pub(crate) name: String,
    /// How often a round repeats the workload: its time is to be long beside the clock's, and short beside a time slice of the
    /// system's. A round as long as that is interrupted each time on a busy machine, and then the median is of others' work.
    pub(crate) times: u32,
    pub(crate) goal: Option<Goal>,
    pub(crate) runtime: &'a Runtime,
}

/// The table of all races.
pub(crate) struct Standings {
    wanted: String,
    missed: u32,
}

impl Standings {
    /// Of the races that have this in their name.
    pub(crate) fn new(wanted: String) -> Self {
        Standings { wanted, missed: 0 }
    }

    pub(crate) fn all_met(&self) -> bool {
        self.missed == 0
    }

    pub(crate) fn print_head(&self) {
        print_row(["workload", "raw driver", "bindery", "difference", "ratio", "goal", "met?"]);
        print_row(["---"; 7]);
    }

    /// Runs both sides in turn: rusqlite on this thread, bindery in a task of its own, as a request's handler does. Each repeats its
    /// workload as often as it is told.
    pub(crate) fn run<F>(
        &mut self,
        race: Race<'_>,
        mut rusqlite: impl FnMut(u32) -> Result<()>,
        bindery: impl FnMut(u32) -> F,
    ) -> Result<()>
    where
        F: Future<Output = bindery::Result<()>> + Send + 'static,
    {
        let raw = |times| {
            let started = Instant::now();
            rusqlite(times)?;
            Ok(started.elapsed())
        };
        self.race(race, raw, bindery)
    }

    /// As [`run`](Standings::run), for a raw driver that is async: each side runs in a task of its own.
    pub(crate) fn run_async<R, F>(&mut self, race: Race<'_>, mut raw: impl FnMut(u32) -> R, bindery: impl FnMut(u32) -> F) -> Result<()>
    where
        R: Future<Output = Result<()>> + Send + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let runtime = race.runtime;
        self.race(race, |times| runtime.block_on(runtime.spawn(timed(raw(times))))?, bindery)
    }

    fn race<F, E>(&mut self, race: Race<'_>, mut raw: impl FnMut(u32) -> Result<Duration>, mut bindery: impl FnMut(u32) -> F) -> Result<()>
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        if !race.name.contains(&self.wanted) {
            return Ok(());
        }
        let mut rounds = Vec::with_capacity(ROUNDS);
        let began = Instant::now();
        for round in 0..WARM_UP + ROUNDS {
            if began.elapsed() > LONGEST && rounds.len() > ROUNDS / 10 {
                break;
            }
            let raw = raw(race.times)? / race.times;
            let ours = race.runtime.block_on(race.runtime.spawn(timed(bindery(race.times))))?.map_err(Into::into)? / race.times;
            if round >= WARM_UP {
                rounds.push((raw.as_secs_f64(), ours.as_secs_f64()));
            }
        }
        let median_of = |figure: fn(&(f64, f64)) -> f64| median(rounds.iter().map(figure).collect());
        let (raw, ours) = (median_of(|round| round.0), median_of(|round| round.1));
        let (difference, ratio) = (median_of(|round| round.1 - round.0), median_of(|round| round.1 / round.0));
        let (goal, met) = match race.goal {
            None => (String::new(), None),
            Some(Goal::Difference(most)) => (format!("+ {}", micros(most.as_secs_f64())), Some(difference <= most.as_secs_f64())),
            Some(Goal::Ratio(most)) => (format!("{most:.2}x"), Some(ratio <= most)),
        };
        self.missed += u32::from(met == Some(false));
        let met = met.map_or("", |met| if met { "yes" } else { "NO" });
        print_row([&race.name, &micros(raw), &micros(ours), &micros(difference), &format!("{ratio:.2}x"), &goal, met]);
        Ok(())
    }
}

async fn timed<E>(run: impl Future<Output = Result<(), E>>) -> Result<Duration, E> {
    let started = Instant::now();
    run.await?;
    Ok(started.elapsed())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn micros(seconds: f64) -> String {
    format!("{:.2} µs", seconds * 1e6)
}

fn print_row([workload, raw, bindery, difference, ratio, goal, met]: [&str; 7]) {
    println!("| {workload:<56} | {raw:>11} | {bindery:>11} | {difference:>11} | {ratio:>6} | {goal:>9} | {met:<4} |");
}
