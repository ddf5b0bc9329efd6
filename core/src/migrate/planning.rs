use super::history::{HistoryEntry, HistoryTable};
use super::plan::{BindPlan, Plan, PlannedStep};
use super::run::Step;
use super::{Direction, MigrationState, Migrations, Target};
use crate::Result;
use crate::engine::Engine;
use crate::session::{Binds, Bound};

impl Migrations {
    /// What an upgrade (up) or a downgrade (down) to this target would run now.
    ///
    /// # Errors
    /// As [`upgrade_to`](Migrations::upgrade_to), of the first bind that has one.
    pub async fn plan(&self, binds: impl Binds, direction: Direction, target: impl Into<Target>) -> Result<Plan> {
        let target = target.into();
        let mut plan = Plan::default();
        for bound in self.databases().chosen(&binds)? {
            let planned = self.plan_bind(bound, direction, target).await.map_err(|error| error.on_bind(bound.key))?;
            plan.binds.extend(planned);
        }
        Ok(plan)
    }

    async fn plan_bind(&self, bound: &Bound<dyn Engine>, direction: Direction, target: Target) -> Result<Option<BindPlan>> {
        let set = self.set_of(bound).await?;
        let course = self.course(bound.key, &set);
        let (lease, mut history) = self.read_history(bound).await?;
        let transactional = lease.capabilities()?.transactional_ddl;
        drop(lease);
        let table = HistoryTable::of(bound.engine.dialect(), bound.key);
        let creates_history = (!history.exists).then(|| table.create_sql());
        let goal = course.goal(target, direction, &history)?;
        let mut steps = Vec::new();
        // Each step as if those before it were done.
        while let Some(step) = course.next(goal, &history)? {
            let (migration, direction, done) = match &step {
                Step::Run { migration, direction, begun } => {
                    (*migration, *direction, begun.as_ref().map_or(0, |entry| entry.statements_done))
                }
                Step::Adopt { migration } => (*migration, Direction::Up, 0),
            };
            let script = migration.script(direction);
            steps.push(PlannedStep {
                version: migration.version,
                name: migration.name.clone(),
                direction,
                statements: script.map(|script| script.statements.iter().skip(done).map(|statement| statement.sql.clone()).collect()),
                in_transaction: transactional && !script.is_some_and(|script| script.no_transaction),
                is_noted_only: matches!(step, Step::Adopt { .. }),
            });
            history.entries.retain(|entry| entry.version != migration.version && !migration.replaces().contains(&entry.version));
            if direction == Direction::Up {
                history.entries.push(HistoryEntry::new(migration, bound.key, MigrationState::Applied));
            }
        }
        Ok((!steps.is_empty()).then_some(BindPlan { bind: bound.key, creates_history, steps }))
    }
}
