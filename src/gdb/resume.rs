//! What gdb wants the threads of one process to do next.

/// What one thread does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Stands still.
    Stay,
    /// Runs; first takes this Linux signal, if any.
    Continue(Option<u32>),
    /// Executes one instruction; first takes this Linux signal, if any, in which case it stops at
    /// the handler's first instruction.
    Step(Option<u32>),
    /// Steps on as long as `start <= pc < end`; then, or at anything else, it stops.
    RangeStep {
        /// First pc of the range.
        start: u64,
        /// One past the last.
        end: u64,
    },
}

/// What each thread of the process does next. A thread that is created meanwhile does what its
/// number would have done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resume {
    /// In order, first match wins; `None` stands for every thread.
    pub(super) rules: Vec<(Option<i32>, Action)>,
}

impl Resume {
    /// Every thread runs.
    pub fn all() -> Self {
        Resume { rules: vec![(None, Action::Continue(None))] }
    }

    /// What thread `tid` does. A signal is meant only for a thread that is stopped for one; the
    /// process layer ignores it on others.
    pub fn action(&self, tid: i32) -> Action {
        let matches = |rule: &&(Option<i32>, Action)| rule.0.is_none_or(|t| t == tid);
        self.rules.iter().find(matches).map_or(Action::Stay, |rule| rule.1)
    }
}
