//! The registers that flags follow from ([`Again`]), when they are overwritten while the flags may still be shown: a
//! copy that the program has made serves, or the register itself where a constant was added to it; otherwise, if
//! EFLAGS have lost the flags or are about to, the value goes to the thread's record. That is one store, where the
//! flags would be three instructions and a store.

use super::flags::Host;
use super::{Context, Fit, Lower};
use crate::jit::again::{Again, Place};
use crate::jit::cache::Source;
use crate::jit::entry::{KEPT, Thread};
use crate::jit::ir::{Effect, Node, Recorder, Ref, SP};
use crate::jit::regs::Mem;
use crate::value::int::{Int1, Int2, Size};

impl Lower<'_> {
    /// Before an instruction: its own accesses may show the flags, so what it overwrites is somewhere else already.
    pub(super) fn keep_values(&mut self, c: Context) -> Fit<()> {
        let Some(mut again) = self.flags.again else { return Ok(()) };
        let is_wanted = c.wanted_out.is_any() || c.record.faults_late;
        if c.record.writes_flags || !is_wanted || self.flags.saved || again.fixed().has(c.record.writes) {
            return Ok(());
        }
        let is_lost = self.flags.host == Host::None || c.costs_flags && !c.wanted_out.is_read();
        for n in 0..KEPT {
            let (Some(&place), Some(&copy)) = (again.places.get(n), again.copies.get(n)) else { continue };
            if !place.register().has(c.record.writes) {
                continue;
            }
            if let Some(copy) = copy.filter(|copy| !copy.register().has(c.record.writes)) {
                again.move_to(n, copy);
            } else if is_lost && self.added(c, &again, place.now).is_none_or(|n| place.plus.checked_sub(n).is_none()) {
                let value = self.temp()?;
                self.load_x(value, place.now);
                self.asm.store_slot(Thread::KEPT + 8 * n as i32, value);
                self.busy &= !(1 << value);
                again.move_to(n, Place { now: Place::KEPT + n as u8, ..place });
            }
        }
        self.move_values(again);
        Ok(())
    }

    /// Behind it: what has been added to a register, and where there are copies. Where there is no way the flags can
    /// be computed no more, and nobody wants that.
    pub(super) fn follow_values(&mut self, c: Context) {
        let Some(mut again) = self.flags.again.filter(|_| !c.record.writes_flags) else { return };
        let is_gone = self.flags.saved || again.fixed().has(c.record.writes);
        for n in 0..KEPT {
            let Some(&place) = again.places.get(n) else { continue };
            let plus = self.added(c, &again, place.now).and_then(|n| place.plus.checked_sub(n));
            match plus {
                _ if !place.register().has(c.record.writes) => {}
                Some(plus) if !is_gone => again.move_to(n, Place { plus, ..place }),
                _ => {
                    (self.flags.again, self.flags.named) = (None, false);
                    return;
                }
            }
        }
        if is_gone && again.needed.has(c.record.writes) {
            (self.flags.again, self.flags.named) = (None, false);
            return;
        }
        for (copy, place) in again.copies.iter_mut().zip(again.places) {
            copy.take_if(|copy| copy.register().has(c.record.writes));
            if let Some(x) = self.copied(c, again.is_narrow, place.now) {
                *copy = Some(Place { now: x, ..place });
            }
        }
        self.move_values(again);
    }

    /// What the flags are to be computed from has other places from here on.
    fn move_values(&mut self, again: Again) {
        let has_moved = self.flags.again.is_some_and(|before| before.places != again.places);
        self.flags.again = Some(again);
        if has_moved {
            self.flags.named = false;
            self.note_source();
            self.note_flags();
        }
    }

    /// Signal handlers find from here on how the flags can be computed again.
    pub fn note_source(&mut self) {
        if let Some(Again { word, places, .. }) = self.flags.again {
            self.sources.push(Source { offset: self.asm.len() as u32, word, places });
        }
    }

    fn effects_of(&self, c: Context) -> &[Effect] {
        let range = c.record.effects.start as usize..c.record.effects.end as usize;
        self.rec.effects.get(range).unwrap_or_default()
    }

    /// What the instruction adds to a register, if that is all that it does to it.
    fn added(&self, c: Context, again: &Again, x: u8) -> Option<i16> {
        let sum = |effect: &Effect| match *effect {
            Effect::SetX(to, v) if to == x => Some(self.rec.node(v)),
            _ => None,
        };
        match self.effects_of(c).iter().find_map(sum)? {
            Node::Int2(Int2::Add, sz, a, b) if self.rec.node(a) == Node::X(x) && (sz == Size::X || again.is_narrow) => {
                let plus = self.rec.constant(b)?;
                let plus = if sz == Size::X { plus as i64 } else { i64::from(plus as i32) };
                plus.try_into().ok()
            }
            _ => None,
        }
    }

    /// The register that the instruction, a move, makes a copy of `x`.
    fn copied(&self, c: Context, is_narrow: bool, x: u8) -> Option<u8> {
        match *self.effects_of(c) {
            [Effect::SetX(to, v)] if to != SP && to != x => {
                let is_copy = match self.rec.node(v) {
                    Node::Int1(Int1::Uxtw, _, a) => is_narrow && self.rec.node(a) == Node::X(x),
                    node => node == Node::X(x),
                };
                is_copy.then_some(to)
            }
            _ => None,
        }
    }

    /// The register that holds what X`x` held when the flags were set.
    pub(super) fn reach(&mut self, again: Again, x: u8) -> Fit<Option<u8>> {
        let Some(&Place { now, plus, .. }) = again.places.iter().find(|place| place.was == x) else { return Ok(None) };
        if (now, plus) == (x, 0) {
            return Ok(None);
        }
        if let (Some(pinned), 0) = (self.pinned_x(now), plus) {
            return Ok(Some(pinned));
        }
        let value = self.temp()?;
        match now.checked_sub(Place::KEPT) {
            Some(n) => self.asm.load_slot(value, Thread::KEPT + 8 * i32::from(n)),
            None => self.load_x(value, now),
        }
        if plus != 0 {
            self.asm.lea(Size::X, value, Mem { base: value, index: None, disp: plus.into() });
        }
        Ok(Some(value))
    }

    /// Has the computation of a value take registers from their places.
    pub(super) fn reach_all(&mut self, again: Again, r: Ref) -> Fit<()> {
        if let Node::X(x) = self.rec.node(r) {
            if let Some(reg) = self.reach(again, x)? {
                self.place(r, reg);
            }
            return Ok(());
        }
        let mut done = Ok(());
        Recorder::operands(self.rec.node(r), |o| {
            if done.is_ok() {
                done = self.reach_all(again, o);
            }
        });
        done
    }
}
