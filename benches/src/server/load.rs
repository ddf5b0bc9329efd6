/// Who asks.
///
/// One task alone on a runtime of several threads is not measured: whether tokio runs the client's own task on the same thread or on another
/// one is its choice of the moment, and counts for three times as much as everything else, on both sides. So does the system's choice
/// whether the server answers on the client's processor or on another one: hence one task asks from a processor of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    /// One task on a runtime of one thread, on a processor of its own: how long an answer takes.
    OneTask,
    /// Eight tasks at once on a runtime of two threads, beside the server: how much gets done. Without goals: where all of them and the server
    /// share the processors, one run differs from the next by more than what is looked for.
    EightTasks,
}

impl Load {
    pub(super) fn name(self) -> &'static str {
        match self {
            Load::OneTask => "1 task",
            Load::EightTasks => "8 tasks",
        }
    }

    pub(super) fn tasks(self) -> usize {
        match self {
            Load::OneTask => 1,
            Load::EightTasks => 8,
        }
    }
}
