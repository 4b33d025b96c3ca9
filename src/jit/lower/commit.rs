//! Commits: a value becomes a guest register's. What a later effect of the same instruction still
//! reads of the old one is kept first.

use super::{Context, Fit, Lower, Unfit};
use crate::jit::asm::{Alu, Cc};
use crate::jit::entry::Thread;
use crate::jit::ir::{Effect, Node, Recorder, Ref, SP};
use crate::jit::regs::Operand;
use crate::value::int::Size;

impl Lower<'_> {
    pub(super) fn set_x(&mut self, c: Context, x: u8, v: Ref, rest: &[Effect]) -> Fit<()> {
        // No access through SP has to check while a unit runs.
        if x == SP && !self.rec.keeps_sp_aligned(v) {
            return self.set_sp(c, v, rest);
        }
        let known = self.known(v);
        self.note_constant(x, known);
        if let (Some(value), Node::Insert { .. }, true) = (known, self.rec.node(v), rest.is_empty()) {
            return self.set_constant(x, value);
        }
        let pinned = self.pinned_x(x);
        if pinned.is_some() && self.leaf(v) == pinned.map(Operand::Reg) {
            return Ok(());
        }
        self.preserve_x(c, x, rest)?;
        self.may_borrow = true;
        match pinned {
            Some(dst) => self.compute(v, dst)?,
            None => self.set_slot(x, v)?,
        }
        self.may_borrow = false;
        self.give_back();
        Ok(())
    }

    /// SP from anything: if that is no multiple of 16, the interpreter goes on.
    pub(super) fn set_sp(&mut self, c: Context, v: Ref, rest: &[Effect]) -> Fit<()> {
        if c.record.effects.len() != 1 || !rest.is_empty() {
            // Something else is committed, too: SP's new value is checked by who leaves the interpreter.
            return Err(Unfit);
        }
        self.clobber()?;
        let new = self.gpr(v)?;
        self.asm.alu(Alu::Test, Size::W, new, Operand::Imm(15));
        self.interpret_if(Cc::NE, c);
        if let Some(sp) = self.pinned_x(SP) {
            self.asm.mov(sp, new);
        }
        Ok(())
    }

    pub(super) fn set_constant(&mut self, x: u8, value: u64) -> Fit<()> {
        match self.pinned_x(x) {
            Some(dst) => self.asm.mov_imm(dst, value),
            None => {
                let t = self.temp()?;
                self.asm.mov_imm(t, value);
                self.asm.store_slot(Thread::x_slot(x), t);
            }
        }
        Ok(())
    }

    /// An unpinned register.
    pub(super) fn set_slot(&mut self, x: u8, v: Ref) -> Fit<()> {
        let disp = Thread::x_slot(x);
        match self.leaf(v) {
            Some(Operand::Imm(imm)) if imm as i32 as i64 == imm => self.asm.store_slot_imm(disp, imm as i32),
            Some(Operand::Reg(src)) => self.asm.store_slot(disp, src),
            _ => {
                let src = self.gpr(v)?;
                self.asm.store_slot(disp, src);
            }
        }
        Ok(())
    }

    pub(super) fn set_v(&mut self, c: Context, d: u8, v: Ref, rest: &[Effect]) -> Fit<()> {
        let known = self.before.of(self.rec, v);
        self.may_borrow = true;
        self.commit_v(c, d, v, rest)?;
        self.may_borrow = false;
        self.give_back();
        self.note_round(d);
        self.zeros.set(d, known);
        Ok(())
    }

    pub(super) fn commit_v(&mut self, c: Context, d: u8, v: Ref, rest: &[Effect]) -> Fit<()> {
        match self.pinned_v(d) {
            Some(dst) => {
                if self.leaf_v(v) != Some(Operand::Reg(dst)) {
                    self.preserve_v(c, d, rest)?;
                    self.compute_v(v, dst)?;
                }
            }
            None => {
                let src = self.vec(v)?;
                self.preserve_v(c, d, rest)?;
                self.store_v_slot(d, src);
            }
        }
        Ok(())
    }

    /// The register that a value evaluated now will be committed to, if it may be written already:
    /// `(guest register, node that is committed)`. A sign or zero extension on the way is swallowed
    /// by the load. Arm leaves the destinations of a load that faults open, so a pair's first half
    /// may be written before its second is read; a base register may not, and is not, because the
    /// second half still reads it.
    pub(super) fn destination(&self, r: Ref, rest: &[Effect]) -> Option<(u8, Ref)> {
        let (at, x, v) = rest.iter().enumerate().find_map(|(i, e)| match *e {
            Effect::SetX(x, v) if v == r || self.extends(v, r) => Some((i, x, v)),
            _ => None,
        })?;
        let others = rest.iter().enumerate().filter(|&(i, _)| i != at);
        let free = others.clone().all(|(_, &e)| !self.effect_reads(e, Node::X(x)));
        free.then_some((x, v))
    }

    /// Whether `v` is an extension of `r` and nothing else uses `r`.
    pub(super) fn extends(&self, v: Ref, r: Ref) -> bool {
        use crate::value::int::Int1::*;
        matches!(self.rec.node(v), Node::Int1(Sxtb | Sxth | Sxtw, _, a) if a == r) && self.rec.use_count(r) == 2
    }

    /// Whether an effect still has to read a register node.
    pub(super) fn effect_reads(&self, e: Effect, what: Node) -> bool {
        let mut reads = false;
        Recorder::effect_operands(e, |r| {
            // The Eval of a node is what reads its operands.
            let eval = matches!(e, Effect::Eval(n) if n == r);
            reads |= if eval { self.operands_read(r, what) } else { self.reads(r, what) };
        });
        reads
    }

    pub(super) fn operands_read(&self, r: Ref, what: Node) -> bool {
        let mut reads = false;
        Recorder::operands(self.rec.node(r), |o| reads |= self.reads(o, what));
        reads
    }

    /// Whether computing `r` from now on reads a register node.
    pub(super) fn reads(&self, r: Ref, what: Node) -> bool {
        let node = self.rec.node(r);
        if self.location(r).is_some() {
            return false;
        }
        match node {
            Node::Load { .. }
            | Node::LoadV { .. }
            | Node::Sum { .. }
            | Node::SumCarry { .. }
            | Node::Rmw { .. }
            | Node::Cas { .. }
            | Node::LoadExclusive { .. }
            | Node::StoreExclusive { .. } => false,
            _ => node == what || self.operands_read(r, what),
        }
    }

    /// Before X`x` is overwritten: its old value goes to a scratch register if anything wants it.
    pub(super) fn preserve_x(&mut self, c: Context, x: u8, rest: &[Effect]) -> Fit<()> {
        let what = Node::X(x);
        if !rest.iter().any(|&e| self.effect_reads(e, what)) {
            return Ok(());
        }
        let copy = self.temp()?;
        self.held |= 1 << copy;
        self.load_x(copy, x);
        self.relocate(c, what, copy);
        Ok(())
    }

    /// Before V`d` is overwritten.
    pub(super) fn preserve_v(&mut self, c: Context, d: u8, rest: &[Effect]) -> Fit<()> {
        let what = Node::V(d);
        if !rest.iter().any(|&e| self.effect_reads(e, what)) {
            return Ok(());
        }
        let copy = self.temp_v()?;
        self.held_v |= 1 << copy;
        match self.pinned_v(d) {
            Some(old) => self.mov_v(copy, old),
            None => self.load_v_slot(copy, d),
        }
        self.relocate(c, what, copy);
        Ok(())
    }

    pub(super) fn relocate(&mut self, c: Context, what: Node, reg: u8) {
        for n in c.record.nodes.start..c.record.nodes.end {
            let r = Ref(n as u16);
            if self.rec.node(r) == what {
                self.place(r, reg);
            }
        }
    }
}
