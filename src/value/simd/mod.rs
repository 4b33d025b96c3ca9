//! Advanced SIMD integer operations on 128-bit values.
//!
//! Every function works on all 128 bits; the 64-bit forms (Q=0) are cut by the emitter's `set_v`
//! caller. A lane is `esize` bits wide, lane 0 lowest.

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
}

/// Applies `f` to each pair of lanes, which it gets zero-extended; its result is cut to the lane.
#[inline(always)]
pub fn map2(es: Esize, a: u128, b: u128, f: impl Fn(u64, u64) -> u64) -> u128 {
    let bits = es.bits();
    let mask = crate::value::bits::ones(bits);
    let mut out = 0u128;
    let mut at = 0;
    while at < 128 {
        out |= ((f((a >> at) as u64 & mask, (b >> at) as u64 & mask) & mask) as u128) << at;
        at += bits;
    }
    out
}

/// Two-operand vector operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vec2 {
    /// ADD (vector)
    Add,
}

impl Vec2 {
    /// Computes the operation.
    #[inline(always)]
    pub fn apply(self, es: Esize, a: u128, b: u128) -> u128 {
        match self {
            Vec2::Add => map2(es, a, b, u64::wrapping_add),
        }
    }
}

/// TBL: each byte of `index` picks a byte of the table of `count` registers; beyond it, zero.
pub fn tbl(table: [u128; 4], count: usize, index: u128) -> u128 {
    let mut out = [0u8; 16];
    for (o, i) in out.iter_mut().zip(index.to_le_bytes()) {
        if let Some(reg) = table[..count].get(i as usize / 16) {
            *o = reg.to_le_bytes()[i as usize % 16];
        }
    }
    u128::from_le_bytes(out)
}
