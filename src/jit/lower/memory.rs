//! Loads and stores: guest addresses are host addresses, so an access is one host instruction. Where
//! it faults, nothing of the guest instruction has been committed, but what Arm leaves open; see
//! [`crate::jit::interrupt`].

use super::{Fit, Lower};
use crate::jit::asm::with_mem;
use crate::jit::entry::{FILTER_SHIFT, Thread};
use crate::jit::ir::{Effect, Node, Ref};
use crate::jit::regs::{Mem, Operand, STATE};
use crate::lift::Width;
use crate::value::int::{Int1, Size};
use dynasmrt::{DynasmApi, dynasm};

impl Lower<'_> {
    fn guest(&mut self, addr: Ref) -> Fit<Mem> {
        let m = self.address(Size::X, addr)?;
        if self.rec.watched {
            self.heed_watches(m)?;
        }
        Ok(m)
    }

    /// Faults if what is at `m` may be watched ([`Thread::filter_slot`]): without a branch, and EFLAGS stay
    /// as they are.
    fn heed_watches(&mut self, m: Mem) -> Fit<()> {
        let busy = self.busy;
        let t = self.temp()?;
        self.asm.lea(Size::X, t, m);
        let (base, filter) = (STATE, Thread::filter_slot());
        dynasm!(self.asm ; .arch x64
            ; rorx Rq(t), Rq(t), FILTER_SHIFT as i8
            ; movzx Rd(t), Rw(t)
            ; mov Rq(t), [DWORD Rq(base) + 8 * Rq(t) + filter]
            ; mov Rd(t), [Rq(base) + Rq(t)]
        );
        self.busy = busy;
        Ok(())
    }

    /// A load into a general-purpose register, with the extension that follows it.
    pub(super) fn eval_load(&mut self, r: Ref, width: Width, addr: Ref, rest: &[Effect]) -> Fit<()> {
        let m = self.guest(addr)?;
        let committed = self.destination(r, rest);
        let (dst, node) = match committed.and_then(|(x, node)| self.pinned_x(x).map(|reg| (reg, node))) {
            Some(pinned) => pinned,
            None => {
                // The address is not wanted any more: its scratch registers are free again.
                self.busy = self.held;
                let dst = self.temp()?;
                self.held |= 1 << dst;
                (dst, committed.map_or(r, |(_, node)| node))
            }
        };
        match self.rec.node(node) {
            Node::Int1(Int1::Sxtb | Int1::Sxth | Int1::Sxtw, sz, _) if node != r => {
                self.signed(node, width, sz, dst, m);
            }
            _ => self.asm.load(width, dst, m),
        }
        self.place(node, dst);
        Ok(())
    }

    /// A load whose extension may be narrower than what it loads.
    fn signed(&mut self, node: Ref, width: Width, sz: Size, dst: u8, m: Mem) {
        let to = match self.rec.node(node) {
            Node::Int1(Int1::Sxtb, ..) => Width::B,
            Node::Int1(Int1::Sxth, ..) => Width::H,
            _ => Width::S,
        };
        if to <= width {
            self.asm.load_signed(to, sz, dst, m);
        } else {
            self.asm.load(width, dst, m);
        }
    }

    pub(super) fn store(&mut self, width: Width, release: bool, addr: Ref, v: Ref) -> Fit<()> {
        let m = self.guest(addr)?;
        if release {
            let copy = self.temp()?;
            self.compute(v, copy)?;
            self.asm.exchange(width, m, copy);
            return Ok(());
        }
        match self.leaf(v) {
            Some(Operand::Imm(imm)) if width < Width::D || imm as i32 as i64 == imm => {
                self.asm.store_imm(width, m, imm as i32);
            }
            _ => {
                let v = self.gpr(v)?;
                self.asm.store(width, m, v);
            }
        }
        Ok(())
    }

    /// A load into a vector register, the rest zero.
    pub(super) fn eval_load_v(&mut self, r: Ref, width: Width, addr: Ref, rest: &[Effect]) -> Fit<()> {
        let m = self.guest(addr)?;
        let pinned = rest.iter().find_map(|e| match *e {
            Effect::SetV(d, v) if v == r => self.pinned_v(d).filter(|_| !self.still_read_v(d, rest)),
            _ => None,
        });
        let dst = match pinned {
            Some(dst) => dst,
            None => {
                let dst = self.temp_v()?;
                self.held_v |= 1 << dst;
                dst
            }
        };
        match width {
            Width::B | Width::H => {
                let t = self.temp()?;
                self.asm.load(width, t, m);
                dynasm!(self.asm ; .arch x64 ; vmovd Rx(dst), Rd(t));
            }
            _ => self.asm.load_vector(width, dst, m),
        }
        self.place(r, dst);
        Ok(())
    }

    fn still_read_v(&self, d: u8, rest: &[Effect]) -> bool {
        rest.iter().any(|&e| self.effect_reads(e, Node::V(d)))
    }

    pub(super) fn store_v(&mut self, width: Width, addr: Ref, v: Ref) -> Fit<()> {
        let m = self.guest(addr)?;
        if let (Some(Operand::Slot(disp)), Width::B | Width::H | Width::S | Width::D) = (self.leaf_v(v), width) {
            let t = self.temp()?;
            self.asm.load_slot(t, disp);
            self.asm.store(width, m, t);
            return Ok(());
        }
        let src = self.vec(v)?;
        self.store_piece(width, m, src);
        Ok(())
    }

    /// Stores the low bytes of a vector register.
    pub(super) fn store_piece(&mut self, width: Width, m: Mem, src: u8) {
        match width {
            Width::B => with_mem!(self.asm, m, [vpextrb BYTE][, Rx(src), 0]),
            Width::H => with_mem!(self.asm, m, [vpextrw WORD][, Rx(src), 0]),
            _ => self.asm.store_vector(width, m, src),
        }
    }

    /// A full barrier, cheaper than `mfence`.
    pub(super) fn fence(&mut self) -> Fit<()> {
        self.clobber()?;
        dynasm!(self.asm ; .arch x64 ; lock or DWORD [rsp], BYTE 0);
        Ok(())
    }
}
