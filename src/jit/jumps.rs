//! Jumps in the buffer, written by hand: most are patched by offset, within the unit once their target has
//! a place, or later by [`super::link`]. Those that leave the unit can be patched while threads run them.

use super::asm::{Asm, Cc};

/// Place of a jump's rel32 in the buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JumpSite(pub usize);

/// Bytes of a cache line.
const LINE: u64 = 64;

/// Instructions that do nothing, by their length (AMD64 Architecture Programmer's Manual volume 3, NOP).
const NOPS: [&[u8]; 9] = [
    &[0x90],
    &[0x66, 0x90],
    &[0x0f, 0x1f, 0x00],
    &[0x0f, 0x1f, 0x40, 0],
    &[0x0f, 0x1f, 0x44, 0, 0],
    &[0x66, 0x0f, 0x1f, 0x44, 0, 0],
    &[0x0f, 0x1f, 0x80, 0, 0, 0, 0],
    &[0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0],
    &[0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0],
];

impl Asm {
    /// A jump, its displacement within 8 aligned bytes so that it can be patched by one store; always if
    /// there is no condition.
    pub fn jump_out(&mut self, cc: Option<Cc>) -> JumpSite {
        self.pad_for_patch(if cc.is_some() { 2 } else { 1 });
        self.jump_inside(cc)
    }

    /// A jump within the unit, forwards, which nobody patches later.
    pub fn jump_inside(&mut self, cc: Option<Cc>) -> JumpSite {
        match cc {
            Some(cc) => self.extend([0x0f, 0x80 | cc.0, 0, 0, 0, 0]),
            None => self.extend([0xe9, 0, 0, 0, 0]),
        }
        JumpSite(self.code.len() - 4)
    }

    /// The same to an offset that is known.
    pub fn jump_back(&mut self, cc: Option<Cc>, offset: usize) {
        let distance = offset as i64 - (self.code.len() as i64 + 2);
        match i8::try_from(distance) {
            Ok(short) => self.extend([cc.map_or(0xeb, |cc| 0x70 | cc.0), short as u8]),
            Err(_) => {
                let site = self.jump_inside(cc);
                self.jump_to_offset(site, offset);
            }
        }
    }

    /// `call rel32` of a host address.
    pub fn call(&mut self, target: u64) {
        self.extend([0xe8, 0, 0, 0, 0]);
        self.jump_to_address(JumpSite(self.code.len() - 4), target);
    }

    /// `jcc rel8` over the next few instructions; give the result to [`Asm::land`].
    pub fn skip(&mut self, cc: Cc) -> usize {
        self.extend([0x70 | cc.0, 0]);
        self.code.len()
    }

    /// `jmp rel8`, likewise.
    pub fn skip_always(&mut self) -> usize {
        self.extend([0xeb, 0]);
        self.code.len()
    }

    /// The place where a [`Asm::skip`] goes.
    pub fn land(&mut self, skip: usize) {
        let distance = self.code.len() - skip;
        debug_assert!(distance < 128);
        if let Some(byte) = self.code.get_mut(skip - 1) {
            *byte = distance as u8;
        }
    }

    fn pad_for_patch(&mut self, opcode: u64) {
        let at = (self.address(self.code.len()) + opcode) % 8;
        self.pad(if at > 4 { 8 - at as usize } else { 0 });
    }

    /// What follows is gone back to: it begins on a cache line of its own.
    pub fn align_loop(&mut self) {
        let at = self.address(self.code.len()) % LINE;
        self.pad(if at == 0 { 0 } else { (LINE - at) as usize });
    }

    /// So many bytes that do nothing, in as few instructions as can be.
    fn pad(&mut self, mut bytes: usize) {
        while bytes > 0 {
            let one = bytes.min(NOPS.len());
            let nop = NOPS.get(one - 1).copied().unwrap_or_default();
            self.extend(nop.iter().copied());
            bytes -= one;
        }
    }

    /// Lets a jump go to `offset` of this buffer.
    pub fn jump_to_offset(&mut self, site: JumpSite, offset: usize) {
        self.set_rel32(site, offset as i64 - (site.0 as i64 + 4));
    }

    /// Lets a jump go to a host address.
    pub fn jump_to_address(&mut self, site: JumpSite, target: u64) {
        let from = self.address(site.0 + 4);
        self.set_rel32(site, target.wrapping_sub(from) as i64);
    }

    fn set_rel32(&mut self, site: JumpSite, distance: i64) {
        self.set_u32(site.0, distance as u32);
    }

    /// Overwrites four bytes.
    pub fn set_u32(&mut self, at: usize, v: u32) {
        if let Some(bytes) = self.code.get_mut(at..at + 4) {
            bytes.copy_from_slice(&v.to_le_bytes());
        }
    }
}
