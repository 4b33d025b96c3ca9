//! What the debugger wants the threads of one process to do next.

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
    rules: Vec<(Option<i32>, Action)>,
    /// A thread that no rule covers goes on with what it does, instead of standing still.
    is_partial: bool,
}

impl Resume {
    /// First match wins; `None` stands for every thread. A thread that no rule covers stays.
    pub fn new(rules: Vec<(Option<i32>, Action)>) -> Self {
        Resume { rules, is_partial: false }
    }

    /// An order for these threads only: the others go on with what they do, or stay.
    pub fn only(orders: impl IntoIterator<Item = (i32, Action)>) -> Self {
        let rules = orders.into_iter().map(|(tid, action)| (Some(tid), action)).collect();
        Resume { rules, is_partial: true }
    }

    /// Every thread runs.
    pub fn all() -> Self {
        Resume::new(vec![(None, Action::Continue(None))])
    }

    /// Every thread stays.
    pub fn none() -> Self {
        Resume::new(Vec::new())
    }

    /// What thread `tid` does. A signal is meant only for a thread that is stopped for one; the
    /// process layer ignores it on others.
    pub fn action(&self, tid: i32) -> Action {
        self.rule(tid).unwrap_or(Action::Stay)
    }

    /// The rule that covers thread `tid`, if one does.
    pub fn rule(&self, tid: i32) -> Option<Action> {
        let matches = |rule: &&(Option<i32>, Action)| rule.0.is_none_or(|t| t == tid);
        self.rules.iter().find(matches).map(|rule| rule.1)
    }

    /// What is new to thread `tid` by this order: nothing, if it goes on with what it does.
    pub fn order(&self, tid: i32) -> Option<Action> {
        if self.is_partial { self.rule(tid) } else { Some(self.action(tid)) }
    }

    /// This order, where `newer` does not say otherwise; threads that are not among `alive` need none.
    pub fn amended(self, newer: Resume, alive: &[i32]) -> Resume {
        if !newer.is_partial {
            return newer;
        }
        let is_named = |tid: &Option<i32>| newer.rules.iter().any(|(named, _)| named == tid);
        let kept =
            self.rules.into_iter().filter(|(tid, _)| !is_named(tid) && tid.is_none_or(|tid| alive.contains(&tid)));
        let kept: Vec<_> = kept.collect();
        Resume { rules: newer.rules.into_iter().chain(kept).collect(), is_partial: self.is_partial }
    }

    /// True if some thread may do anything but stay.
    pub fn moves_any(&self) -> bool {
        self.rules.iter().any(|(_, action)| *action != Action::Stay)
    }

    /// True if any of these threads does anything but stay.
    pub fn moves(&self, tids: &[i32]) -> bool {
        tids.iter().any(|tid| self.action(*tid) != Action::Stay)
    }

    /// The same order for later stops: signals are delivered once.
    pub fn without_signals(mut self) -> Resume {
        for (_, action) in &mut self.rules {
            *action = match *action {
                Action::Continue(_) => Action::Continue(None),
                Action::Step(_) => Action::Step(None),
                other => other,
            };
        }
        self
    }

    /// One word, for a link or an exec: `action,…[@tid];…` in decimal.
    pub fn encode(&self) -> String {
        let rule = |(tid, action): &(Option<i32>, Action)| {
            let action = match action {
                Action::Stay => "t".to_string(),
                Action::Continue(signal) => format!("c{}", signal.unwrap_or(0)),
                Action::Step(signal) => format!("s{}", signal.unwrap_or(0)),
                Action::RangeStep { start, end } => format!("r{start},{end}"),
            };
            match tid {
                Some(tid) => format!("{action}@{tid};"),
                None => format!("{action};"),
            }
        };
        self.rules.iter().map(rule).collect()
    }

    /// The inverse of [`Resume::encode`].
    pub fn decode(text: &str) -> Option<Resume> {
        let rule = |text: &str| {
            let (action, tid) = match text.split_once('@') {
                Some((action, tid)) => (action, Some(tid.parse().ok()?)),
                None => (text, None),
            };
            let signal = |number: &str| match number.parse() {
                Ok(0) => Some(None),
                Ok(signal @ 1..=64) => Some(Some(signal)),
                _ => None,
            };
            let action = match action.split_at_checked(1)? {
                ("t", "") => Action::Stay,
                ("c", number) => Action::Continue(signal(number)?),
                ("s", number) => Action::Step(signal(number)?),
                ("r", range) => {
                    let (start, end) = range.split_once(',')?;
                    Action::RangeStep { start: start.parse().ok()?, end: end.parse().ok()? }
                }
                _ => return None,
            };
            Some((tid, action))
        };
        let rules: Option<Vec<_>> = text.split_terminator(';').map(rule).collect();
        rules.map(Resume::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_order_leaves_the_others_alone() {
        let order = Resume::only([(7, Action::Stay)]);
        assert_eq!((order.order(7), order.order(8)), (Some(Action::Stay), None));
        let plan = Resume::all().amended(order, &[7, 8]);
        assert_eq!((plan.action(7), plan.action(8)), (Action::Stay, Action::Continue(None)));
        // A number that is used again stands for another thread.
        let plan = plan.amended(Resume::only([(8, Action::Step(None))]), &[8]);
        assert_eq!((plan.action(7), plan.action(8)), (Action::Continue(None), Action::Step(None)));
        assert_eq!(plan.amended(Resume::none(), &[8]).order(8), Some(Action::Stay));
    }
}
