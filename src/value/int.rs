//! General-purpose register operations.
//!
//! A [`Size::W`] operation ignores bits 63:32 of its operands and zero-extends its result, so
//! callers never truncate.

use super::bits::sign_extend;

/// Operand size of a general-purpose instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// 32 bits.
    W,
    /// 64 bits.
    X,
}

impl Size {
    /// 32 or 64.
    #[inline(always)]
    pub const fn bits(self) -> u32 {
        match self {
            Size::W => 32,
            Size::X => 64,
        }
    }

    /// Zero-extends from this size.
    #[inline(always)]
    pub const fn trunc(self, v: u64) -> u64 {
        match self {
            Size::W => v as u32 as u64,
            Size::X => v,
        }
    }

    /// Sign-extends from this size.
    #[inline(always)]
    pub const fn sext(self, v: u64) -> i64 {
        match self {
            Size::W => v as i32 as i64,
            Size::X => v as i64,
        }
    }
}

/// Declares an operation enum with the function of each row.
macro_rules! ops {
    ($(#[$doc:meta])* $name:ident ( $sz:ident $(, $arg:ident)* ) { $( $(#[$rowdoc:meta])* $op:ident => $value:expr ),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $( $(#[$rowdoc])* $op ),* }

        impl $name {
            /// All rows, for tests and fuzzers.
            pub const ALL: &[$name] = &[ $( $name::$op ),* ];

            /// Computes the row's function.
            #[inline(always)]
            pub fn apply(self, $sz: Size $(, $arg: u64)*) -> u64 {
                match self { $( $name::$op => $value ),* }
            }
        }
    };
}

ops! {
    /// One operand.
    Int1(sz, a) {
        /// CTZ: the size where there is no one
        Ctz => a.trailing_zeros().min(sz.bits()) as u64,
        /// CNT
        Cnt => sz.trunc(a).count_ones() as u64,
        /// ABS
        Abs => sz.trunc(sz.sext(a).wrapping_abs() as u64),
        /// NOT
        Not => sz.trunc(!a),
        /// NEG
        Neg => sz.trunc(a.wrapping_neg()),
        /// CLZ
        Clz => (sz.trunc(a).leading_zeros() + sz.bits() - 64) as u64,
        /// CLS: leading bits equal to the sign bit, not counting it
        Cls => { let v = sz.sext(a); (((v ^ v >> 63) as u64).leading_zeros() + sz.bits() - 64 - 1) as u64 },
        /// RBIT
        Rbit => sz.trunc(a.reverse_bits() >> (64 - sz.bits())),
        /// REV
        Rev => sz.trunc(a.swap_bytes() >> (64 - sz.bits())),
        /// REV16: bytes within each halfword
        Rev16 => sz.trunc((a & 0xff00_ff00_ff00_ff00) >> 8 | (a & 0x00ff_00ff_00ff_00ff) << 8),
        /// REV32: bytes within each word
        Rev32 => a.swap_bytes().rotate_left(32),
        /// SXTB
        Sxtb => sz.trunc(a as i8 as u64),
        /// SXTH
        Sxth => sz.trunc(a as i16 as u64),
        /// SXTW
        Sxtw => sz.trunc(a as i32 as u64),
        /// UXTB
        Uxtb => a as u8 as u64,
        /// UXTH
        Uxth => a as u16 as u64,
        /// UXTW
        Uxtw => a as u32 as u64,
    }
}

ops! {
    /// Two operands.
    Int2(sz, a, b) {
        /// ADD
        Add => sz.trunc(a.wrapping_add(b)),
        /// SUB
        Sub => sz.trunc(a.wrapping_sub(b)),
        /// AND
        And => sz.trunc(a & b),
        /// ORR
        Orr => sz.trunc(a | b),
        /// EOR
        Eor => sz.trunc(a ^ b),
        /// BIC
        Bic => sz.trunc(a & !b),
        /// ORN
        Orn => sz.trunc(a | !b),
        /// EON
        Eon => sz.trunc(a ^ !b),
        /// LSLV: the amount is taken modulo the size
        Lsl => sz.trunc(a << (b & (sz.bits() - 1) as u64)),
        /// LSRV
        Lsr => sz.trunc(a) >> (b & (sz.bits() - 1) as u64),
        /// ASRV
        Asr => sz.trunc((sz.sext(a) >> (b & (sz.bits() - 1) as u64)) as u64),
        /// RORV
        Ror => match sz {
            Size::W => (a as u32).rotate_right(b as u32 & 31) as u64,
            Size::X => a.rotate_right(b as u32 & 63),
        },
        /// MUL
        Mul => sz.trunc(a.wrapping_mul(b)),
        /// UMULL's product: 32 × 32 → 64, whatever the size
        Umull => (a as u32 as u64).wrapping_mul(b as u32 as u64),
        /// SMULL's product
        Smull => (a as i32 as i64).wrapping_mul(b as i32 as i64) as u64,
        /// UMULH
        Umulh => ((a as u128 * b as u128) >> 64) as u64,
        /// SMULH
        Smulh => ((a as i64 as i128 * b as i64 as i128) >> 64) as u64,
        /// UDIV: zero where the divisor is zero
        Udiv => sz.trunc(a).checked_div(sz.trunc(b)).unwrap_or(0),
        /// SDIV: zero where the divisor is zero; the most negative number by -1 is itself
        Sdiv => { let d = sz.sext(b); if d == 0 { 0 } else { sz.trunc(sz.sext(a).wrapping_div(d) as u64) } },
        /// SMAX
        Smax => sz.trunc(sz.sext(a).max(sz.sext(b)) as u64),
        /// UMAX
        Umax => sz.trunc(a).max(sz.trunc(b)),
        /// SMIN
        Smin => sz.trunc(sz.sext(a).min(sz.sext(b)) as u64),
        /// UMIN
        Umin => sz.trunc(a).min(sz.trunc(b)),
        /// CRC32B
        Crc32b => crc::<8>(a, b, 0xedb8_8320),
        /// CRC32H
        Crc32h => crc::<16>(a, b, 0xedb8_8320),
        /// CRC32W
        Crc32w => crc::<32>(a, b, 0xedb8_8320),
        /// CRC32X
        Crc32x => crc::<64>(a, b, 0xedb8_8320),
        /// CRC32CB
        Crc32cb => crc::<8>(a, b, 0x82f6_3b78),
        /// CRC32CH
        Crc32ch => crc::<16>(a, b, 0x82f6_3b78),
        /// CRC32CW
        Crc32cw => crc::<32>(a, b, 0x82f6_3b78),
        /// CRC32CX
        Crc32cx => crc::<64>(a, b, 0x82f6_3b78),
    }
}

/// CRC32 and CRC32C over the low `BITS` of `data`, reflected (Arm ARM C6.2, BitReverse and Poly32Mod2).
fn crc<const BITS: u32>(acc: u64, data: u64, poly: u32) -> u64 {
    let mut crc = acc as u32;
    for byte in 0..BITS / 8 {
        crc ^= (data >> (byte * 8)) as u32 & 0xff;
        for _ in 0..8 {
            crc = crc >> 1 ^ (poly & (crc & 1).wrapping_neg());
        }
    }
    crc as u64
}

/// AddWithCarry of the Arm pseudocode: the sum and N, Z, C, V.
#[inline(always)]
pub fn add_with_carry(sz: Size, a: u64, b: u64, carry: u64) -> (u64, bool, bool, bool, bool) {
    match sz {
        Size::W => {
            let (a, b) = (a as u32, b as u32);
            let wide = a as u64 + b as u64 + carry;
            let sum = wide as u32;
            (sum as u64, (sum as i32) < 0, sum == 0, wide >> 32 != 0, ((a ^ sum) & (b ^ sum)) >> 31 != 0)
        }
        Size::X => {
            let (s1, c1) = a.overflowing_add(b);
            let (sum, c2) = s1.overflowing_add(carry);
            (sum, (sum as i64) < 0, sum == 0, c1 | c2, ((a ^ sum) & (b ^ sum)) >> 63 != 0)
        }
    }
}

/// SBFX/UBFX: `width` bits of `a` from bit `lsb`, sign- or zero-extended to the size.
#[inline(always)]
pub fn extract(sz: Size, signed: bool, a: u64, lsb: u32, width: u32) -> u64 {
    let v = sz.trunc(a) >> lsb;
    if signed { sz.trunc(sign_extend(v, width)) } else { v & super::bits::ones(width) }
}

/// BFI: the low `width` bits of `src` put over `dst` at bit `lsb`.
#[inline(always)]
pub fn insert(sz: Size, dst: u64, src: u64, lsb: u32, width: u32) -> u64 {
    let mask = super::bits::ones(width) << lsb;
    sz.trunc(dst & !mask | src << lsb & mask)
}

/// EXTR: the size's worth of bits of `hi:lo` from bit `lsb`.
#[inline(always)]
pub fn extr(sz: Size, hi: u64, lo: u64, lsb: u32) -> u64 {
    match (sz, lsb) {
        (_, 0) => sz.trunc(lo),
        (Size::W, _) => (((hi as u32 as u64) << 32 | lo as u32 as u64) >> lsb) as u32 as u64,
        (Size::X, _) => lo >> lsb | hi << (64 - lsb),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_of_the_check_string() {
        let bytes = b"123456789";
        let run = |op: Int2| bytes.iter().fold(0xffff_ffff, |c, &b| op.apply(Size::W, c, b as u64)) ^ 0xffff_ffff;
        assert_eq!(run(Int2::Crc32b), 0xcbf4_3926);
        assert_eq!(run(Int2::Crc32cb), 0xe306_9283);
    }

    #[test]
    fn flags_of_the_extremes() {
        assert_eq!(add_with_carry(Size::W, 0x7fff_ffff, 1, 0), (0x8000_0000, true, false, false, true));
        assert_eq!(add_with_carry(Size::X, 5, !5, 1), (0, false, true, true, false));
        assert_eq!(add_with_carry(Size::W, 0, 0xffff_ffff, 1), (0, false, true, true, false));
    }

    #[test]
    fn leading_sign_bits() {
        assert_eq!(Int1::Cls.apply(Size::W, 0), 31);
        assert_eq!(Int1::Cls.apply(Size::X, u64::MAX), 63);
        assert_eq!(Int1::Clz.apply(Size::W, 0), 32);
        assert_eq!(Int1::Rbit.apply(Size::W, 1), 0x8000_0000);
        assert_eq!(Int1::Rev16.apply(Size::W, 0x1122_3344), 0x2211_4433);
        assert_eq!(Int1::Rev32.apply(Size::X, 0x1122_3344_5566_7788), 0x4433_2211_8877_6655);
    }
}
