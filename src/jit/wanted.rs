//! What is wanted of the flags before and behind each instruction of a unit ([`Wanted`]): read, by instructions;
//! whole, where control leaves with them; shown, where a fault or a signal finds them. And how those that are not
//! read get by without being saved: computed again ([`Again`]), or carried round a loop in EFLAGS.

use super::again::Again;
use super::ir::{Effect, Node, Registers, Wanted};
use super::lower::Host;
use super::units::{Next, Step, Unit};

impl Step {
    /// What is wanted of the flags by who comes here.
    fn wanted_from(&self) -> Wanted {
        Wanted { whole: self.wanted_in.whole || self.carried.is_some(), ..self.wanted_in }
    }
}

/// Instructions of a loop that are looked at for one that costs the flags.
const LOOK: usize = 32;

/// What comes before flags are set anew or ways join.
#[derive(Clone, Copy, Default)]
struct Ahead {
    /// Registers that are written while the flags are wanted ...
    all: Registers,
    /// ... before they are read, or brought to where control goes on.
    brought: Registers,
    /// There is such a place.
    is_brought: bool,
    /// EFLAGS are lost while the flags are wanted.
    costs: bool,
}

impl Ahead {
    /// Both.
    fn and(self, other: Ahead) -> Ahead {
        Ahead {
            all: self.all.and(other.all),
            brought: self.brought.and(other.brought),
            is_brought: self.is_brought || other.is_brought,
            costs: self.costs || other.costs,
        }
    }
}

impl Unit {
    /// What is wanted of the flags, and how they get there.
    pub(super) fn find_flags(&mut self) {
        let settles = self.find_settling();
        self.find_wanted_flags(&settles);
        let mut again = self.find_flags_again();
        // Without a way back there is none to carry them round.
        if !settles.is_empty() && self.find_carried_flags(&again) {
            // Who comes there has to bring them.
            self.find_wanted_flags(&settles);
            again = self.find_flags_again();
        }
        if !self.keeps_order {
            self.steps.iter_mut().zip(again).for_each(|(step, again)| step.again = again);
        }
    }

    /// What is wanted of the flags: backwards, until nothing changes. Where control only goes forwards, which is where
    /// nothing has to settle, once will do.
    fn find_wanted_flags(&mut self, settles: &[bool]) {
        let outside = Wanted { whole: true, ..Wanted::default() };
        loop {
            let mut changed = false;
            let mut behind = Wanted::default();
            for i in (0..self.steps.len()).rev() {
                let at = |n: u16| self.steps.get(n as usize).map_or(Wanted::default(), Step::wanted_from);
                let Some(step) = self.steps.get(i) else { continue };
                let next = match step.next {
                    Next::Falls => behind,
                    Next::Inside(to) => at(to),
                    Next::Leaves(_) => outside,
                    Next::Ends if step.record.target.is_none() => outside,
                    Next::Ends => Wanted::default(),
                };
                let out = match (step.target, step.record.target) {
                    (Some(to), _) => next.and(at(to)),
                    (None, Some(_)) if !step.elided => next.and(outside),
                    _ => next,
                };
                let record = &step.record;
                let mut wanted = match (record.writes_flags, out.is_any()) {
                    (false, true) => Wanted { spoils: out.spoils.and(record.writes), ..out },
                    _ => Wanted::default(),
                };
                wanted.conditions = wanted.conditions.and(record.conditions);
                wanted.shown |= record.faults || !settles.get(i).is_none_or(|&settles| settles);
                if record.faults_late {
                    wanted.spoils = wanted.spoils.and(record.writes);
                }
                if let Some(step) = self.steps.get_mut(i) {
                    changed |= step.wanted_in != wanted;
                    (step.wanted_in, step.wanted_out) = (wanted, out);
                    behind = step.wanted_from();
                }
            }
            if !changed || settles.is_empty() {
                return;
            }
        }
    }

    /// Whether from each step on flags are set, or the unit ends, after a while: then a signal can wait for that.
    /// Empty if that is so everywhere, since nothing goes back.
    fn find_settling(&self) -> Vec<bool> {
        let goes_back = |(i, step): (usize, &Step)| {
            let joined = if let Next::Inside(to) = step.next { Some(to) } else { None };
            [step.target, joined].into_iter().flatten().any(|to| to as usize <= i)
        };
        if !self.steps.iter().enumerate().any(goes_back) {
            return Vec::new();
        }
        let mut settles = vec![false; self.steps.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for (i, step) in self.steps.iter().enumerate().rev() {
                let at = |n: usize| settles.get(n).copied().unwrap_or(true);
                let next = match step.next {
                    Next::Falls => at(i + 1),
                    Next::Inside(to) => at(to.into()),
                    Next::Leaves(_) | Next::Ends => true,
                };
                let now = step.record.writes_flags || next && step.target.is_none_or(|to| at(to.into()));
                if let Some(before) = settles.get_mut(i).filter(|before| **before != now) {
                    (*before, changed) = (now, true);
                }
            }
        }
        settles
    }

    /// Finds the flags that need not be kept where they are not read, by the instructions that set them: on all
    /// ways from there, until they are set anew or ways join, what they were made from is there whenever they are wanted,
    /// or can be kept ([`super::lower`]).
    fn find_flags_again(&mut self) -> Vec<Option<Again>> {
        let mut ahead = vec![Ahead::default(); self.steps.len()];
        let mut again = vec![None; self.steps.len()];
        for i in (0..self.steps.len()).rev() {
            let Some(step) = self.steps.get(i) else { break };
            let at = |n: usize| match (self.steps.get(n), ahead.get(n)) {
                (Some(to), Some(&ahead)) if !to.joins || to.inherits => ahead,
                (Some(to), _) => Ahead { is_brought: to.wanted_in.is_any(), ..Ahead::default() },
                _ => Ahead::default(),
            };
            let record = &step.record;
            let next = match step.next {
                Next::Falls => at(i + 1),
                Next::Inside(to) => at(to.into()),
                Next::Leaves(_) | Next::Ends => Ahead::default(),
            };
            let out = next.and(step.target.map_or(Ahead::default(), |to| at(to.into())));
            let is_brought = out.is_brought || step.wanted_out.is_live();
            if record.writes_flags {
                if step.wanted_out.shown || step.wanted_out.whole {
                    let is_there = |again: &Again| !again.fixed().has(out.all) && !again.needed.has(out.brought);
                    again[i] = Again::of(&self.rec, record).filter(is_there);
                }
                continue;
            }
            let written = if step.wanted_out.is_any() { record.writes } else { Registers::NONE };
            let late = if record.faults_late { record.writes } else { Registers::NONE };
            let now = Ahead {
                all: out.all.and(written).and(late),
                brought: if is_brought { out.brought.and(written) } else { out.brought },
                is_brought,
                costs: out.costs || step.wanted_out.is_any() && self.costs_flags(record),
            };
            ahead[i] = now;
            if let Some(step) = self.steps.get_mut(i) {
                step.costs_flags = now.costs;
            }
        }
        again
    }

    /// Finds the loops that go back on flags just set: in EFLAGS these are shown until something costs them, and
    /// nothing has to be saved each time round. Where something does, and the state may name the instruction that
    /// sets them instead, that is less. Whether there are any.
    fn find_carried_flags(&mut self, again: &[Option<Again>]) -> bool {
        let mut found = false;
        for i in 0..self.steps.len() {
            let Some(step) = self.steps.get(i) else { break };
            let Some(to) = step.target.filter(|_| step.record.reads_flags) else { continue };
            let pc = step.record.pc;
            let Some((set, form)) = self.set_behind(i) else { continue };
            let Some(head) = self.steps.get(to as usize) else { continue };
            let is_shown =
                head.record.pc <= pc && head.carried.is_none() && head.wanted_in.shown && !head.wanted_in.is_live();
            let spoils = head.wanted_in.spoils;
            let can_be_named =
                !self.keeps_order && again.get(set).copied().flatten().is_some_and(|again| !again.needed.has(spoils));
            if is_shown
                && !(can_be_named && self.costs_flags_from(to as usize))
                && let Some(head) = self.steps.get_mut(to as usize)
            {
                head.carried = Some(form);
                found = true;
            }
        }
        found
    }

    /// Whether EFLAGS change from this step on before the flags are set.
    fn costs_flags_from(&self, head: usize) -> bool {
        for step in self.steps.iter().skip(head).take(LOOK) {
            let record = &step.record;
            if record.writes_flags {
                return false;
            }
            if step.next != Next::Falls || record.target.is_some() || self.costs_flags(record) {
                return true;
            }
        }
        true
    }

    /// The step that sets the flags that there are at the end of step `i`, and their form, if it is straight before.
    fn set_behind(&self, i: usize) -> Option<(usize, Host)> {
        for (n, step) in self.steps.get(..=i)?.iter().enumerate().rev() {
            if n < i && step.next != Next::Falls {
                return None;
            }
            if step.record.writes_flags {
                let effects =
                    self.rec.effects.get(step.record.effects.start as usize..step.record.effects.end as usize)?;
                let form = match *effects.first()? {
                    Effect::Eval(r) => match self.rec.node(r) {
                        Node::Sum { sub: true, .. } => Host::Borrow,
                        Node::Sum { .. } => Host::Carry,
                        _ => return None,
                    },
                    Effect::SetNz(..) => Host::Carry,
                    _ => return None,
                };
                return Some((n, form));
            }
            if step.joins || step.entry {
                return None;
            }
        }
        None
    }
}
