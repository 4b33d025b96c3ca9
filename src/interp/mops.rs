//! Memory copy and set instructions in the interpreter.
//!
//! Work goes in pieces that lie within one page of each side, the registers true before each, so
//! that a fault leaves the guest where it can go on. The prologue does the first piece, the main
//! instruction all the others but less than a page, the epilogue what is left: any division is
//! allowed, and this one is easily compared with QEMU's. The main instruction looks at the stop word
//! between pieces and is then executed again.
#![allow(unsafe_code)]

use super::Interp;
use crate::cpu::Nzcv;
use crate::lift::mops::{MemoryMove, Stage};
use crate::lift::{Emit, Order, Width};
use crate::memory::access::{self, copy_in, copy_out};
use std::sync::atomic::Ordering;

const PAGE: u64 = 4096;

/// Where a move stands: addresses of its first byte, or going backwards its last, and bytes left.
#[derive(Clone, Copy)]
struct Progress {
    to: u64,
    from: u64,
    left: u64,
    backward: bool,
}

impl Progress {
    /// Bytes of the next piece.
    fn piece(&self, what: MemoryMove) -> u64 {
        let in_page = |addr: u64| if self.backward { addr % PAGE + 1 } else { PAGE - addr % PAGE };
        let other = if what == MemoryMove::Set { PAGE } else { in_page(self.from) };
        self.left.min(in_page(self.to)).min(other)
    }

    fn advance(&mut self, bytes: u64) {
        let step = if self.backward { bytes.wrapping_neg() } else { bytes };
        self.to = self.to.wrapping_add(step);
        self.from = self.from.wrapping_add(step);
        self.left -= bytes;
    }
}

impl Interp {
    /// See [`Emit::memory_move`].
    pub(super) fn move_memory(&mut self, what: MemoryMove, stage: Stage, registers: [u32; 3]) {
        match stage {
            Stage::Prologue => self.move_first(what, registers),
            Stage::Main | Stage::Epilogue => self.move_rest(what, stage, registers),
        }
    }

    fn move_first(&mut self, what: MemoryMove, [d, s, n]: [u32; 3]) {
        // The sizes that the manual saturates at: 2^63 - 1, and for copies of either direction 2^55 - 1.
        let limit = if what == MemoryMove::Copy { (1 << 55) - 1 } else { i64::MAX as u64 };
        let (to, from, size) = (self.x(d), self.x(s), self.x(n).min(limit));
        let address = |addr: u64| addr & ((1 << 56) - 1);
        let overlaps = address(from) < address(to) && address(from.wrapping_add(size)) > address(to);
        let backward = what == MemoryMove::Copy && overlaps;
        let last = if backward { size.wrapping_sub(1) } else { 0 };
        let mut at = Progress { to: to.wrapping_add(last), from: from.wrapping_add(last), left: size, backward };
        if size != 0 {
            let piece = at.piece(what);
            self.set_x(n, size);
            self.move_piece(what, &at, piece, s);
            at.advance(piece);
        }
        if backward {
            self.set_x(n, at.left);
        } else {
            self.set_x(d, at.to.wrapping_add(at.left));
            if what != MemoryMove::Set {
                self.set_x(s, at.from.wrapping_add(at.left));
            }
            self.set_x(n, at.left.wrapping_neg());
        }
        self.cpu.nzcv = Nzcv(0);
    }

    fn move_rest(&mut self, what: MemoryMove, stage: Stage, [d, s, n]: [u32; 3]) {
        let (to, from, size) = (self.x(d), self.x(s), self.x(n));
        if size == 0 {
            return;
        }
        if self.cpu.nzcv.0 & Nzcv::C != 0 {
            return self.restart_move(what, stage, [d, s, n]);
        }
        let backward = what == MemoryMove::Copy && size as i64 > 0;
        let mut at = if backward {
            Progress { to: to.wrapping_add(size - 1), from: from.wrapping_add(size - 1), left: size, backward }
        } else {
            Progress { to: to.wrapping_add(size), from: from.wrapping_add(size), left: size.wrapping_neg(), backward }
        };
        // What the main instruction leaves to the epilogue is less than a page.
        let keep = match (stage, what) {
            (Stage::Main, MemoryMove::Set) => at.left % PAGE,
            (Stage::Main, _) => PAGE - 1,
            _ => 0,
        };
        while at.left > keep {
            let piece = if what == MemoryMove::Set { at.piece(what).min(at.left - keep) } else { at.piece(what) };
            self.move_piece(what, &at, piece, s);
            at.advance(piece);
            self.set_x(n, if backward { at.left } else { at.left.wrapping_neg() });
            if at.left > keep && self.shared.stop.load(Ordering::Relaxed) != 0 {
                return self.jump(self.this_pc());
            }
        }
    }

    /// The flags say that the registers are of option B: as when a thread moves to a processor of the
    /// other option, Linux puts the prologue's registers back and goes on there (do_el0_mops). Going
    /// forwards those are the same.
    fn restart_move(&mut self, what: MemoryMove, stage: Stage, [d, s, n]: [u32; 3]) {
        if what != MemoryMove::Set && self.cpu.nzcv.0 & Nzcv::N != 0 {
            let size = self.x(n);
            let (to, from) = (self.x(d).wrapping_sub(size), self.x(s).wrapping_sub(size));
            self.set_x(d, to);
            self.set_x(s, from);
        }
        let back = if stage == Stage::Main { 4 } else { 8 };
        self.jump(self.this_pc().wrapping_sub(back));
    }

    /// Moves `bytes` bytes that lie within a page of each side.
    fn move_piece(&mut self, what: MemoryMove, at: &Progress, bytes: u64, source: u32) {
        let start = |addr: u64| if at.backward { addr.wrapping_sub(bytes - 1) } else { addr };
        let (to, from) = (start(at.to), start(at.from));
        // Most moves are short, and a page of zeros takes longer to make than they take.
        if bytes <= 64 {
            return self.move_through(what, at, (to, from), source, &mut [0; 64][..bytes as usize]);
        }
        self.move_through(what, at, (to, from), source, &mut [0; PAGE as usize][..bytes as usize]);
    }

    fn move_through(&mut self, what: MemoryMove, at: &Progress, (to, from): (u64, u64), source: u32, piece: &mut [u8]) {
        let bytes = piece.len() as u64;
        if what == MemoryMove::Set {
            piece.fill(self.x(source) as u8);
        } else {
            self.watch(from, bytes, false);
            if copy_in(from, piece).is_err() {
                // The page is not there: this access says so, at the byte that would be next.
                self.load(Width::B, Order::Plain, at.from);
                return;
            }
        }
        self.watch(to, bytes, true);
        if copy_out(to, piece).is_err() {
            // SAFETY: inside `guarded`.
            unsafe { access::store8(at.to, if at.backward { piece[bytes as usize - 1] } else { piece[0] }) };
        }
    }
}
