//! What is wanted of the flags before and behind each instruction of a unit ([`Wanted`]): read, by instructions;
//! whole, where control leaves or comes to where ways join; shown, where a fault or a signal finds them. And how
//! those that are not read get by without being saved: computed again ([`Again`]), or carried round a loop in EFLAGS.

use super::again::Again;
use super::ir::{Effect, Node, Wanted};
use super::lower::Host;
use super::units::{Next, Step, Unit};

impl Unit {
    /// What is wanted of the flags: backwards, until nothing changes (a loop needs a second pass).
    pub(super) fn find_wanted_flags(&mut self) {
        let settles = self.find_settling();
        let mut changed = true;
        while changed {
            changed = false;
            for i in (0..self.steps.len()).rev() {
                let wanted_at = |n: usize| self.steps.get(n).map_or(Wanted::default(), |s| s.wanted_in);
                let joined = |to: u16| {
                    let wanted = wanted_at(to.into());
                    Wanted { whole: wanted.whole || wanted.shown, ..wanted }
                };
                let Some(step) = self.steps.get(i) else { continue };
                let outside = Wanted { whole: true, ..Wanted::default() };
                let next = match step.next {
                    Next::Falls if self.steps.get(i + 1).is_some_and(|next| next.joins) => joined(i as u16 + 1),
                    Next::Falls => wanted_at(i + 1),
                    Next::Inside(to) => joined(to),
                    Next::Leaves(_) => outside,
                    Next::Ends if step.record.target.is_none() => outside,
                    Next::Ends => Wanted::default(),
                };
                let taken = match (step.target, step.record.target) {
                    (Some(to), _) => joined(to),
                    (None, Some(_)) if !step.elided => outside,
                    _ => Wanted::default(),
                };
                let out = next.and(taken);
                let mut wanted = if step.record.writes_flags { Wanted::default() } else { out };
                wanted.conditions = wanted.conditions.and(step.record.conditions);
                wanted.shown |= step.record.faults || !settles.get(i).is_none_or(|&settles| settles);
                if let Some(step) = self.steps.get_mut(i) {
                    changed |= step.wanted_in != wanted;
                    (step.wanted_in, step.wanted_out) = (wanted, out);
                }
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

    /// Finds the flags that need not be kept where they are not read: straight on from where they are set until
    /// they are set anew or ways join.
    pub(super) fn find_flags_again(&mut self) {
        for i in 0..self.steps.len() {
            let Some(step) = self.steps.get(i) else { return };
            if !step.record.writes_flags || !(step.wanted_out.shown || step.wanted_out.whole) {
                continue;
            }
            let Some(again) = Again::of(&self.rec, step.record.effects.clone()) else { continue };
            let mut falls = step.next == Next::Falls;
            let mut is_there = true;
            let mut overwritten = 0;
            for step in self.steps.get(i + 1..).unwrap_or_default() {
                let shows = step.record.faults || step.record.target.is_some();
                if !falls || step.joins {
                    is_there &= overwritten & again.needed == 0;
                    break;
                }
                let late = if step.record.faults_late { step.record.writes } else { 0 };
                is_there &= !shows || (overwritten | late) & again.needed == 0;
                if step.record.writes_flags || !is_there || !step.wanted_in.is_any() {
                    break;
                }
                overwritten |= step.record.writes;
                falls = step.next == Next::Falls;
                if !falls {
                    is_there &= overwritten & again.needed == 0;
                }
            }
            if let (true, Some(step)) = (is_there, self.steps.get_mut(i)) {
                step.again = Some(again);
            }
        }
    }

    /// Finds the loops that go back on flags just set: in EFLAGS these are shown until something costs them, and
    /// nothing has to be saved each time round.
    pub(super) fn find_carried_flags(&mut self) {
        for i in 0..self.steps.len() {
            let Some(step) = self.steps.get(i) else { return };
            let Some(to) = step.target.filter(|_| step.record.reads_flags) else { continue };
            let (form, pc) = (self.form_behind(i), step.record.pc);
            if let Some(head) = self.steps.get_mut(to as usize)
                && head.record.pc <= pc
                && head.carried.is_none()
                && head.wanted_in.shown
                && !head.wanted_in.is_live()
            {
                head.carried = form;
            }
        }
    }

    /// The form of the flags at the end of step `i`, if they are set just before it or there.
    fn form_behind(&self, i: usize) -> Option<Host> {
        for (n, step) in self.steps.get(..=i)?.iter().enumerate().rev() {
            if n < i && step.next != Next::Falls {
                return None;
            }
            if step.record.writes_flags {
                let effects =
                    self.rec.effects.get(step.record.effects.start as usize..step.record.effects.end as usize)?;
                return match *effects.first()? {
                    Effect::Eval(r) => match self.rec.node(r) {
                        Node::Sum { sub: true, .. } => Some(Host::Borrow),
                        Node::Sum { .. } => Some(Host::Carry),
                        _ => None,
                    },
                    Effect::SetNz(..) => Some(Host::Carry),
                    _ => None,
                };
            }
            if step.joins || step.entry {
                return None;
            }
        }
        None
    }
}
