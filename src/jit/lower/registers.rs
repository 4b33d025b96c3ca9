//! Where values are, and scratch registers for those that are nowhere yet.

use super::{Fit, Lower, NOWHERE, Unfit};
use crate::jit::asm::slot;
use crate::jit::entry::Thread;
use crate::jit::ir::{Effect, Node, Recorder, Ref};
use crate::jit::regs::{self, Operand};
use crate::lift::Width;
use crate::value::int::Size;

impl Lower<'_> {
    pub(super) fn pinned_x(&self, x: u8) -> Option<u8> {
        regs::X.get(x as usize).copied().flatten()
    }

    pub(super) fn pinned_v(&self, v: u8) -> Option<u8> {
        regs::V.get(v as usize).copied().flatten()
    }

    pub(super) fn location(&self, r: Ref) -> Option<u8> {
        self.loc.get(r.0 as usize).copied().filter(|&reg| reg != NOWHERE)
    }

    /// Notes that a register holds the node's value.
    pub(super) fn place(&mut self, r: Ref, reg: u8) {
        if let Some(loc) = self.loc.get_mut(r.0 as usize) {
            *loc = reg;
        }
    }

    /// Forgets where a value and what it is made of have been computed.
    pub(super) fn forget_location(&mut self, r: Ref) {
        self.place(r, NOWHERE);
        Recorder::operands(self.rec.node(r), |o| self.forget_location(o));
    }

    /// What X`x` holds.
    pub(super) fn load_x(&mut self, dst: u8, x: u8) {
        match self.pinned_x(x) {
            Some(src) => self.asm.mov(dst, src),
            None => self.asm.load_slot(dst, Thread::x_slot(x)),
        }
    }

    /// The value where it already is.
    pub(super) fn leaf(&self, r: Ref) -> Option<Operand> {
        if let Some(reg) = self.location(r) {
            return Some(Operand::Reg(reg));
        }
        match self.rec.node(r) {
            Node::X(x) => Some(self.pinned_x(x).map_or(Operand::Slot(Thread::x_slot(x)), Operand::Reg)),
            Node::Imm(v) => Some(Operand::Imm(v as i64)),
            Node::State(disp) => Some(Operand::Slot(disp)),
            _ => None,
        }
    }

    /// A free scratch register, until the operation's end, or a pinned one that this instruction does
    /// not use.
    pub(super) fn temp(&mut self) -> Fit<u8> {
        let free = |&reg: &u8| self.busy >> reg & 1 == 0;
        let borrowed = self.borrowed_x.iter().flatten().copied();
        let reg = match regs::SCRATCH_X.into_iter().chain(borrowed).find(free) {
            Some(reg) => reg,
            None => self.borrow_x()?,
        };
        self.busy |= 1 << reg;
        Ok(reg)
    }

    /// A particular scratch register.
    pub(super) fn temp_at(&mut self, reg: u8) -> Fit<()> {
        if self.busy >> reg & 1 != 0 {
            return Err(Unfit);
        }
        self.busy |= 1 << reg;
        Ok(())
    }

    /// So many of them.
    pub(super) fn temps_v<const N: usize>(&mut self) -> Fit<[u8; N]> {
        let mut regs = [NOWHERE; N];
        for reg in &mut regs {
            *reg = self.temp_v()?;
        }
        Ok(regs)
    }

    /// A free scratch vector register, or a pinned one that this instruction does not use.
    pub(super) fn temp_v(&mut self) -> Fit<u8> {
        let free = |&reg: &u8| self.busy_v >> reg & 1 == 0;
        let borrowed = self.borrowed.iter().flatten().copied();
        let reg = match regs::SCRATCH_V.into_iter().chain(borrowed).find(free) {
            Some(reg) => reg,
            None => self.borrow_v()?,
        };
        self.busy_v |= 1 << reg;
        Ok(reg)
    }

    /// Saves a pinned register in the thread's record. Not where an exception could show it: the
    /// registers of an instruction that traps are taken as they are.
    fn borrow_v(&mut self) -> Fit<u8> {
        let place = self.borrowed.iter().position(Option::is_none).filter(|_| self.may_borrow).ok_or(Unfit)?;
        // V0's register has uses of its own (SHA-NI).
        let used = 1 | self.used(&self.borrowed, |node| match node {
            Node::V(v) => self.pinned_v(v),
            _ => None,
        })?;
        let reg = regs::PINNED_V.into_iter().map(|(_, reg)| reg).find(|&reg| used >> reg & 1 == 0).ok_or(Unfit)?;
        self.asm.store_vector(Width::Q, slot(Thread::SPILL + 16 * place as i32), reg);
        self.borrowed[place] = Some(reg);
        Ok(reg)
    }

    /// The same of a general-purpose register.
    fn borrow_x(&mut self) -> Fit<u8> {
        let place = self.borrowed_x.iter().position(Option::is_none).filter(|_| self.may_borrow).ok_or(Unfit)?;
        let used = self.used(&self.borrowed_x, |node| match node {
            Node::X(x) => self.pinned_x(x),
            _ => None,
        })?;
        let reg = regs::PINNED_X.into_iter().map(|(_, reg)| reg).rfind(|&reg| used >> reg & 1 == 0).ok_or(Unfit)?;
        self.asm.store_slot(Thread::SPILL_X + 8 * place as i32, reg);
        self.borrowed_x[place] = Some(reg);
        Ok(reg)
    }

    /// Registers that are borrowed already, or pinned to what the instruction reads or writes; a bit each.
    fn used(&self, borrowed: &[Option<u8>], pinned: impl Fn(Node) -> Option<u8>) -> Fit<u32> {
        let mut used = borrowed.iter().flatten().fold(0, |used, &reg| used | 1 << reg);
        let mut note = |node| used |= pinned(node).map_or(0, |reg| 1 << reg);
        for n in self.nodes.clone() {
            let node = self.rec.node(Ref(n as u16));
            // The careful forms trap nowhere.
            if node.may_trap() && !self.careful {
                return Err(Unfit);
            }
            note(node);
        }
        let effects = self.rec.effects.get(self.effects.start as usize..self.effects.end as usize);
        for effect in effects.unwrap_or_default() {
            match *effect {
                Effect::SetX(x, _) => note(Node::X(x)),
                Effect::SetV(v, _) => note(Node::V(v)),
                _ => {}
            }
        }
        Ok(used)
    }

    /// Gives back what was borrowed.
    pub(super) fn give_back(&mut self) {
        self.reload_borrowed();
        (self.borrowed, self.borrowed_x) = (Default::default(), Default::default());
    }

    /// Reloads it on a way that goes elsewhere.
    pub(super) fn reload_borrowed(&mut self) {
        for (place, reg) in self.borrowed_x.into_iter().enumerate() {
            if let Some(reg) = reg {
                self.asm.load_slot(reg, Thread::SPILL_X + 8 * place as i32);
            }
        }
        for (place, reg) in self.borrowed.into_iter().enumerate() {
            if let Some(reg) = reg {
                self.asm.load_vector(Width::Q, reg, slot(Thread::SPILL + 16 * place as i32));
            }
        }
    }

    /// A register that holds the value; the bits above a W operand's are unspecified.
    pub(super) fn gpr(&mut self, r: Ref) -> Fit<u8> {
        if let Some(Operand::Reg(reg)) = self.leaf(r) {
            return Ok(reg);
        }
        let reg = self.temp()?;
        self.compute(r, reg)?;
        let stays = !self.borrowed_x.contains(&Some(reg));
        if self.rec.use_count(r) > 1 && stays && !matches!(self.rec.node(r), Node::Imm(_)) {
            self.held |= 1 << reg;
            self.place(r, reg);
        }
        Ok(reg)
    }

    /// The value as the last operand of a host instruction.
    pub(super) fn operand(&mut self, sz: Size, r: Ref) -> Fit<Operand> {
        match self.leaf(r) {
            Some(Operand::Imm(v)) => {
                let v = if sz == Size::W { v as i32 as i64 } else { v };
                if v as i32 as i64 == v { Ok(Operand::Imm(v)) } else { self.gpr(r).map(Operand::Reg) }
            }
            Some(operand) => Ok(operand),
            None => self.gpr(r).map(Operand::Reg),
        }
    }
}
