//! One A64 instruction word and its fields, named as in the Arm manual.

use crate::cpu::Cond;
use crate::value::bits::{bitmask, sign_extend};
use crate::value::int::Size;

/// An instruction word. Fields are read where they always are in A64; which of them mean something
/// is the decode row's affair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Insn(pub u32);

impl Insn {
    /// Bits `hi` to `lo`, inclusive.
    #[inline(always)]
    pub const fn bits(self, hi: u32, lo: u32) -> u32 {
        self.0 << (31 - hi) >> (31 - hi + lo)
    }

    /// Bit `n`.
    #[inline(always)]
    pub const fn bit(self, n: u32) -> bool {
        self.0 >> n & 1 != 0
    }

    /// Bits `hi` to `lo`, sign-extended.
    #[inline(always)]
    pub const fn sbits(self, hi: u32, lo: u32) -> i64 {
        sign_extend(self.bits(hi, lo) as u64, hi - lo + 1) as i64
    }

    /// Rd, Rt: bits 4:0.
    #[inline(always)]
    pub const fn rd(self) -> u32 {
        self.bits(4, 0)
    }

    /// Rn: bits 9:5.
    #[inline(always)]
    pub const fn rn(self) -> u32 {
        self.bits(9, 5)
    }

    /// Ra, Rt2: bits 14:10.
    #[inline(always)]
    pub const fn ra(self) -> u32 {
        self.bits(14, 10)
    }

    /// Rm, Rs: bits 20:16.
    #[inline(always)]
    pub const fn rm(self) -> u32 {
        self.bits(20, 16)
    }

    /// `sf`, bit 31: the operand size of general-purpose instructions.
    #[inline(always)]
    pub const fn sf(self) -> Size {
        if self.bit(31) { Size::X } else { Size::W }
    }

    /// `Q`, bit 30: whether a vector operation works on all 128 bits.
    #[inline(always)]
    pub const fn q(self) -> bool {
        self.bit(30)
    }

    /// `cond`, bits 15:12 (conditional select and compare).
    #[inline(always)]
    pub const fn cond(self) -> Cond {
        Cond(self.bits(15, 12) as u8)
    }

    /// A logical immediate (bits 22:10), or None if reserved at this size.
    #[inline(always)]
    pub fn logical_imm(self) -> Option<u64> {
        if !self.bit(31) && self.bit(22) {
            return None;
        }
        bitmask(self.bits(22, 10)).map(|v| self.sf().trunc(v))
    }
}
