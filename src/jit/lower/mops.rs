//! Memory copy and memory set. libc's memcpy, memmove and memset are these three instructions each, and most
//! of their moves are short, so the prologue is inline where it moves all that there is to move: what
//! lies within one page of either side, as in the interpreter ([`crate::interp`]'s `mops`). For anything else
//! it is the interpreter's, and so are the main instruction and the epilogue if they find something left.
//!
//! Up to 64 bytes are all loaded before any is stored, so regions may overlap. The first load and the first
//! store are at the first byte and cannot fault behind it, as the rest is in the same page: a fault leaves
//! memory as it was, and has the address that a move by bytes would give.

use super::flags::Flags;
use super::{Context, Fit, Lower};
use crate::cpu::Nzcv;
use crate::jit::asm::{Alu, Cc, Shift, slot};
use crate::jit::entry::{Thread, host_flags};
use crate::jit::jumps::JumpSite;
use crate::jit::regs::{Mem, Operand, RAX, RCX, RDX, SCRATCH_V, SCRATCH_X};
use crate::jit::vex::{VMOVD, VPBROADCASTB};
use crate::lift::Width;
use crate::lift::mops::MemoryMove;
use crate::value::int::Size;

/// Bytes of a page.
const PAGE: i64 = 4096;

/// Where a move goes and comes from; a set has its byte in all lanes of the first scratch vector register.
struct Move {
    what: MemoryMove,
    to: u8,
    from: u8,
    size: u8,
}

/// An offset in the regions: from the start, from the end, from RCX, from half of the size in RAX.
#[derive(Clone, Copy)]
enum Place {
    Start(i32),
    End(i32),
    Next(i32),
    Middle,
}

impl Move {
    fn at(&self, base: u8, place: Place) -> Mem {
        let (index, disp) = match place {
            Place::Start(disp) => (None, disp),
            Place::End(back) => (Some((self.size, 0)), -back),
            Place::Next(disp) => (Some((RCX, 0)), disp),
            Place::Middle => (Some((RAX, 0)), 0),
        };
        Mem { base, index, disp }
    }
}

/// By size up to which: the pieces that together are all of it.
const SHORT: [(i64, Width, &[Place]); 5] = {
    use Place::*;
    [
        (3, Width::B, &[Start(0), Middle, End(1)]),
        (7, Width::S, &[Start(0), End(4)]),
        (15, Width::D, &[Start(0), End(8)]),
        (32, Width::Q, &[Start(0), End(16)]),
        (64, Width::Q, &[Start(0), Start(16), End(32), End(16)]),
    ]
};

impl Lower<'_> {
    /// The prologue of a move of registers that are all pinned, or a set to zero.
    pub(super) fn move_memory(&mut self, c: Context, what: MemoryMove, [d, s, n]: [u8; 3]) -> Fit<()> {
        self.clobber()?;
        for reg in SCRATCH_X {
            self.temp_at(reg)?;
        }
        let host = |x: u8| self.pinned_x(x).unwrap_or(RDX);
        let m = Move { what, to: host(d), from: host(s), size: host(n) };
        self.asm.alu(Alu::Test, Size::X, m.size, Operand::Reg(m.size));
        let nothing = self.asm.jump_inside(Some(Cc::E));
        let last = Mem { base: m.size, index: None, disp: -1 };
        self.asm.lea(Size::X, RAX, last);
        self.asm.alu(Alu::Cmp, Size::X, RAX, Operand::Imm(PAGE - 1));
        self.interpret_aside(Cc::A, c);
        self.check_page(&m, c);
        if what == MemoryMove::Set {
            match self.pinned_x(s) {
                Some(value) => {
                    self.asm.v2(VMOVD, SCRATCH_V[0], value);
                    self.asm.v2(VPBROADCASTB, SCRATCH_V[0], SCRATCH_V[0]);
                }
                None => self.asm.vzero(SCRATCH_V[0]),
            }
        }
        let mut done = vec![nothing];
        for (up_to, width, places) in SHORT {
            self.asm.alu(Alu::Cmp, Size::W, m.size, Operand::Imm(up_to));
            let longer = self.asm.jump_inside(Some(Cc::A));
            if width == Width::B {
                self.asm.mov(RAX, m.size);
                self.asm.shift_imm(Shift::Shr, Size::W, RAX, 1);
            }
            self.move_pieces(&m, width, places);
            done.push(self.asm.jump_inside(None));
            self.arrive_here(longer);
        }
        self.move_long(&m, c);
        done.into_iter().for_each(|site| self.arrive_here(site));
        self.commit_move(&m);
        self.asm.store_imm(Width::S, slot(Thread::FLAGS), host_flags(Nzcv(0)) as i32);
        self.come_back();
        [d, s, n].into_iter().filter(|&x| x < 31).for_each(|x| self.note_constant(x, None));
        (self.flags, self.wanted) = (Flags::SAVED, c.wanted_out);
        Ok(())
    }

    fn arrive_here(&mut self, site: JumpSite) {
        let here = self.asm.len();
        self.asm.jump_to_offset(site, here);
    }

    /// First and last byte, the size less one in RAX, are in one page if that bit of their addresses is the same.
    fn check_page(&mut self, m: &Move, c: Context) {
        let end = |base| Mem { base, index: Some((RAX, 0)), disp: 0 };
        self.asm.lea(Size::X, RCX, end(m.to));
        self.asm.alu(Alu::Xor, Size::X, RCX, Operand::Reg(m.to));
        if m.what != MemoryMove::Set {
            self.asm.lea(Size::X, RDX, end(m.from));
            self.asm.alu(Alu::Xor, Size::X, RDX, Operand::Reg(m.from));
            self.asm.alu(Alu::Or, Size::X, RCX, Operand::Reg(RDX));
        }
        self.asm.alu(Alu::Test, Size::W, RCX, Operand::Imm(PAGE));
        self.interpret_aside(Cc::NE, c);
    }

    fn load_piece(&mut self, width: Width, dst: u8, m: Mem) {
        if width == Width::B {
            self.asm.load(width, RDX, m);
            self.asm.v2(VMOVD, dst, RDX);
        } else {
            self.asm.load_vector(width, dst, m);
        }
    }

    fn move_pieces(&mut self, m: &Move, width: Width, places: &[Place]) {
        let registers = if m.what == MemoryMove::Set { [SCRATCH_V[0]; 4] } else { SCRATCH_V };
        let pieces = || places.iter().zip(registers);
        if m.what != MemoryMove::Set {
            pieces().for_each(|(&place, v)| self.load_piece(width, v, m.at(m.from, place)));
        }
        for (&place, v) in pieces() {
            self.store_piece(width, m.at(m.to, place), v);
        }
    }

    /// More than 64 bytes: 32 at a time, and the last 32, which are loaded before they may be overwritten.
    fn move_long(&mut self, m: &Move, c: Context) {
        let [first, _, last, end] = SCRATCH_V;
        let is_copy = m.what != MemoryMove::Set;
        if is_copy {
            // Not if it had to go backwards.
            self.asm.mov(RCX, m.to);
            self.asm.alu(Alu::Sub, Size::X, RCX, Operand::Reg(m.from));
            self.asm.alu(Alu::Cmp, Size::X, RCX, Operand::Reg(m.size));
            self.interpret_aside(Cc::B, c);
            for (v, place) in [(first, Place::Start(0)), (last, Place::End(32)), (end, Place::End(16))] {
                self.load_piece(Width::Q, v, m.at(m.from, place));
            }
        }
        self.asm.mov_imm(RCX, 0);
        self.asm.lea(Size::X, RDX, Mem { base: m.size, index: None, disp: -32 });
        let again = self.asm.len();
        self.move_pieces(m, Width::Q, &[Place::Next(0), Place::Next(16)]);
        self.asm.alu(Alu::Add, Size::W, RCX, Operand::Imm(32));
        self.asm.alu(Alu::Cmp, Size::W, RCX, Operand::Reg(RDX));
        self.asm.jump_back(Some(Cc::B), again);
        let (last, end) = if is_copy { (last, end) } else { (first, first) };
        self.asm.store_vector(Width::Q, m.at(m.to, Place::End(32)), last);
        self.asm.store_vector(Width::Q, m.at(m.to, Place::End(16)), end);
    }

    /// Nothing is left. Going forwards the addresses are behind the regions, otherwise they stay.
    fn commit_move(&mut self, m: &Move) {
        self.asm.mov(RCX, m.size);
        if m.what == MemoryMove::Copy {
            // Backwards if the destination begins inside the source, behind its start.
            self.asm.mov(RDX, m.to);
            self.asm.alu(Alu::Sub, Size::X, RDX, Operand::Reg(m.from));
            self.asm.alu(Alu::Sub, Size::X, RDX, Operand::Imm(1));
            self.asm.lea(Size::X, RAX, Mem { base: m.size, index: None, disp: -1 });
            self.asm.alu(Alu::Cmp, Size::X, RDX, Operand::Reg(RAX));
            self.asm.mov_imm(RAX, 0);
            self.asm.cmov(Cc::B, Size::X, RCX, Operand::Reg(RAX));
        }
        self.asm.alu(Alu::Add, Size::X, m.to, Operand::Reg(RCX));
        if m.what != MemoryMove::Set {
            self.asm.alu(Alu::Add, Size::X, m.from, Operand::Reg(RCX));
        }
        self.asm.zero(m.size);
    }
}
