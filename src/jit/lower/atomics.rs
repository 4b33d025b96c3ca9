//! Atomic and exclusive accesses, and the alignment that they insist on.
//!
//! An atomic operation is one locked host instruction where x86-64 has it, otherwise a compare-and-swap
//! until nobody came between. Either way it faults, if at all, before anything is committed.

use super::{Context, Fit, Lower};
use crate::cpu::state::Exclusive;
use crate::jit::asm::{Alu, Cc, with_mem};
use crate::jit::entry::Thread;
use crate::jit::ir::Ref;
use crate::jit::regs::{Mem, Operand, RAX};
use crate::lift::{Rmw, Width};
use crate::value::int::Size;
use dynasmrt::{DynasmApi, dynasm};

/// A locked instruction of a register and memory, at the width.
macro_rules! locked {
    ($asm:expr, $m:expr, $width:expr, $reg:expr, $op:ident) => {
        match $width {
            Width::B => with_mem!($asm, $m, [lock $op][, Rb($reg)]),
            Width::H => with_mem!($asm, $m, [lock $op][, Rw($reg)]),
            Width::S => with_mem!($asm, $m, [lock $op][, Rd($reg)]),
            Width::D | Width::Q => with_mem!($asm, $m, [lock $op][, Rq($reg)]),
        }
    };
}

/// The size at which a value of this width is computed.
fn size(width: Width) -> Size {
    if width <= Width::S { Size::W } else { Size::X }
}

impl Lower<'_> {
    /// The address in a register, as the only thing of a memory operand.
    fn plain_address(&mut self, addr: Ref) -> Fit<Mem> {
        Ok(Mem { base: self.gpr(addr)?, index: None, disp: 0 })
    }

    /// If the address is no multiple of `bytes`, the interpreter raises the fault.
    pub(super) fn check_alignment(&mut self, c: Context, addr: Ref, bytes: u8) -> Fit<()> {
        if bytes == 1 {
            return Ok(());
        }
        self.clobber()?;
        let reg = self.gpr(addr)?;
        self.asm.alu(Alu::Test, Size::W, reg, Operand::Imm(i64::from(bytes) - 1));
        self.interpret_if(Cc::NE, c);
        Ok(())
    }

    /// If the value is not zero, the interpreter executes the instruction.
    pub(super) fn interpret_unless_zero(&mut self, c: Context, v: Ref) -> Fit<()> {
        self.clobber()?;
        let reg = self.gpr(v)?;
        self.asm.alu(Alu::Test, Size::X, reg, Operand::Reg(reg));
        self.interpret_if(Cc::NE, c);
        Ok(())
    }

    /// LSE read-modify-write; the old value is the node's.
    pub(super) fn eval_rmw(&mut self, r: Ref, op: Rmw, width: Width, addr: Ref, v: Ref) -> Fit<()> {
        self.clobber()?;
        match op {
            Rmw::Add | Rmw::Swap => {
                let m = self.plain_address(addr)?;
                let old = self.temp()?;
                self.compute(v, old)?;
                match op {
                    Rmw::Add => locked!(self.asm, m, width, old, xadd),
                    _ => self.asm.exchange(width, m, old),
                }
                self.asm.zero_extend(width, old, old);
                self.keep(r, old);
                Ok(())
            }
            Rmw::Set | Rmw::Eor if self.rec.use_count(r) == 1 => {
                let m = self.plain_address(addr)?;
                let v = self.gpr(v)?;
                match op {
                    Rmw::Set => locked!(self.asm, m, width, v, or),
                    _ => locked!(self.asm, m, width, v, xor),
                }
                Ok(())
            }
            _ => self.rmw_loop(r, op, width, addr, v),
        }
    }

    fn rmw_loop(&mut self, r: Ref, op: Rmw, width: Width, addr: Ref, v: Ref) -> Fit<()> {
        self.temp_at(RAX)?;
        let m = self.plain_address(addr)?;
        let new = self.temp()?;
        let sz = size(width);
        self.asm.load(width, RAX, m);
        let again = self.asm.len();
        // Minimum and maximum compare at the width: signed ones on extended values.
        match op {
            Rmw::Set | Rmw::Eor => {
                self.asm.mov(new, RAX);
                let v = self.operand(sz, v)?;
                self.asm.alu(if op == Rmw::Set { Alu::Or } else { Alu::Xor }, sz, new, v);
            }
            Rmw::Clr => {
                self.compute(v, new)?;
                self.asm.not(sz, new);
                self.asm.alu(Alu::And, sz, new, Operand::Reg(RAX));
            }
            _ => {
                self.compute(v, new)?;
                let signed = matches!(op, Rmw::Smax | Rmw::Smin);
                if signed && width < Width::S {
                    self.asm.sign_extend(width, Size::W, RAX, RAX);
                    self.asm.sign_extend(width, Size::W, new, new);
                } else {
                    self.asm.zero_extend(width, new, new);
                }
                self.asm.alu(Alu::Cmp, sz, RAX, Operand::Reg(new));
                // The old value stays if it is the wanted one.
                let keeps = match op {
                    Rmw::Smax => Cc::LE.negate(),
                    Rmw::Smin => Cc::L,
                    Rmw::Umax => Cc::A,
                    _ => Cc::B,
                };
                self.asm.cmov(keeps, sz, new, Operand::Reg(RAX));
            }
        }
        locked!(self.asm, m, width, new, cmpxchg);
        self.asm.jump_back(Some(Cc::NE), again);
        self.asm.zero_extend(width, RAX, RAX);
        self.keep(r, RAX);
        Ok(())
    }

    /// CAS; the old value is the node's.
    pub(super) fn eval_cas(&mut self, r: Ref, width: Width, addr: Ref, expected: Ref, new: Ref) -> Fit<()> {
        self.clobber()?;
        self.temp_at(RAX)?;
        let m = self.plain_address(addr)?;
        let new = self.gpr(new)?;
        self.compute(expected, RAX)?;
        locked!(self.asm, m, width, new, cmpxchg);
        self.asm.zero_extend(width, RAX, RAX);
        self.keep(r, RAX);
        Ok(())
    }

    /// LDXR: a load that the monitor remembers.
    pub(super) fn eval_load_exclusive(&mut self, r: Ref, width: Width, addr: Ref) -> Fit<()> {
        let m = self.plain_address(addr)?;
        let value = self.temp()?;
        self.asm.load(width, value, m);
        self.asm.store_slot(Thread::EXCLUSIVE, m.base);
        self.asm.store_slot_imm(Thread::EXCLUSIVE_SIZE, width.bytes() as i32);
        self.asm.store_slot(Thread::EXCLUSIVE_VALUE, value);
        self.asm.store_slot_imm(Thread::EXCLUSIVE_VALUE + 8, 0);
        self.keep(r, value);
        Ok(())
    }

    /// STXR: a compare-and-swap against what the monitor remembers, if it is open for this place.
    pub(super) fn eval_store_exclusive(&mut self, r: Ref, width: Width, addr: Ref, v: Ref) -> Fit<()> {
        self.clobber()?;
        self.temp_at(RAX)?;
        let m = self.plain_address(addr)?;
        let v = self.gpr(v)?;
        self.asm.load_slot(RAX, Thread::EXCLUSIVE_VALUE);
        self.asm.alu(Alu::Cmp, Size::X, m.base, Operand::Slot(Thread::EXCLUSIVE));
        let elsewhere = self.asm.skip(Cc::NE);
        self.asm.cmp_slot_imm(Size::X, Thread::EXCLUSIVE_SIZE, width.bytes() as i32);
        let other_size = self.asm.skip(Cc::NE);
        locked!(self.asm, m, width, v, cmpxchg);
        self.asm.land(elsewhere);
        self.asm.land(other_size);
        // ZF says on all three ways whether it was done.
        self.clear_exclusive();
        self.asm.set(Cc::NE, RAX);
        self.keep(r, RAX);
        Ok(())
    }

    /// CLREX.
    pub(super) fn clear_exclusive(&mut self) {
        self.asm.store_slot_imm(Thread::EXCLUSIVE, Exclusive::NONE as i32);
    }

    /// Writes state that translated code addresses by a slot.
    pub(super) fn set_state(&mut self, disp: i32, v: Ref) -> Fit<()> {
        let v = self.gpr(v)?;
        self.asm.store_slot(disp, v);
        Ok(())
    }

    /// The scratch register holds the node's value until the instruction's end.
    fn keep(&mut self, r: Ref, reg: u8) {
        self.held |= 1 << reg;
        self.place(r, reg);
    }
}
