//! Advanced SIMD operations on 128-bit values.
//!
//! Every function works on all 128 bits; what a form with fewer lanes has beyond them, the meanings
//! in `lift` cut off. A lane is `esize` bits wide, lane 0 lowest. Operations that widen take the
//! low half of their operands, those that narrow fill the low half of the result; for both, the
//! element size names the narrow side. Everything else is composed from these by the meanings:
//! SADDL is two widenings and an addition, RSHRN a rounding shift and a narrowing.

#[macro_use]
mod lanes;
#[macro_use]
mod exact;
mod shift;

mod vec1;
mod vec2;
mod vec3;

#[cfg(test)]
mod tests;

pub use shift::VecShift;
pub use vec1::Vec1;
pub use vec2::Vec2;
pub use vec3::Vec3;

/// Element size of a vector operation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Esize {
    /// 8 bits.
    B,
    /// 16 bits.
    H,
    /// 32 bits.
    S,
    /// 64 bits.
    D,
}

impl Esize {
    /// All sizes, for tests and fuzzers.
    pub const ALL: [Esize; 4] = [Esize::B, Esize::H, Esize::S, Esize::D];

    /// From the `size` field.
    #[inline(always)]
    pub const fn from_field(size: u32) -> Esize {
        match size & 3 {
            0 => Esize::B,
            1 => Esize::H,
            2 => Esize::S,
            _ => Esize::D,
        }
    }

    /// 8, 16, 32 or 64.
    #[inline(always)]
    pub const fn bits(self) -> u32 {
        8 << self as u32
    }

    /// Twice as wide; D stays D.
    #[inline(always)]
    pub const fn double(self) -> Esize {
        Esize::from_field(if matches!(self, Esize::D) { 3 } else { self as u32 + 1 })
    }
}

/// The low `esize` bits of `x` in every lane.
#[inline(always)]
pub fn splat(es: Esize, x: u64) -> u128 {
    let low = x & super::bits::ones(es.bits());
    let all = match es {
        Esize::B => low * 0x0101_0101_0101_0101,
        Esize::H => low * 0x0001_0001_0001_0001,
        Esize::S => low << 32 | low,
        Esize::D => low,
    };
    (all as u128) << 64 | all as u128
}

/// EXT: 16 bytes of `hi:lo` from byte `from` (0 to 16).
#[inline(always)]
pub fn ext(lo: u128, hi: u128, from: u32) -> u128 {
    match from {
        0 => lo,
        1..16 => lo >> (8 * from) | hi << (128 - 8 * from),
        _ => hi,
    }
}

/// TBL: each byte of `index` picks a byte of the table of `count` (1 to 4) registers; beyond it, zero.
pub fn tbl(table: [u128; 4], count: usize, index: u128) -> u128 {
    let bytes: &[u8] = bytemuck::must_cast_slice(&table);
    lanes::map1(index, |i: u8| if (i as usize) < 16 * count.min(4) { bytes[i as usize] } else { 0 })
}
