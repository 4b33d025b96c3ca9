//! Operations with two vector operands.

use super::Esize;
use super::exact::Exact;
use super::lanes::{map2, pairs, permute, saturate, saturating2};
use crate::value::crypto::{aes, sha1, sha256, sha512, sm4};

vec_ops! {
    /// Two operands.
    Vec2(es, a: u128, b: u128; qc) {
        /// ADD
        Add => unsigned!(es, map2(a, b, |x: T, y: T| x.wrapping_add(y))),
        /// SUB
        Sub => unsigned!(es, map2(a, b, |x: T, y: T| x.wrapping_sub(y))),
        /// MUL
        Mul => unsigned!(es, map2(a, b, |x: T, y: T| x.wrapping_mul(y))),
        /// AND
        And => a & b,
        /// BIC
        Bic => a & !b,
        /// ORR
        Orr => a | b,
        /// ORN
        Orn => a | !b,
        /// EOR
        Eor => a ^ b,
        /// CMEQ: all ones where true, as every comparison
        Cmeq => unsigned!(es, map2(a, b, |x: T, y: T| if x == y { T::MAX } else { 0 })),
        /// CMGT
        Cmgt => signed!(es, map2(a, b, |x: T, y: T| if x > y { -1 } else { 0 as T })),
        /// CMGE
        Cmge => signed!(es, map2(a, b, |x: T, y: T| if x >= y { -1 } else { 0 as T })),
        /// CMHI
        Cmhi => unsigned!(es, map2(a, b, |x: T, y: T| if x > y { T::MAX } else { 0 })),
        /// CMHS
        Cmhs => unsigned!(es, map2(a, b, |x: T, y: T| if x >= y { T::MAX } else { 0 })),
        /// CMTST: a bit in common
        Cmtst => unsigned!(es, map2(a, b, |x: T, y: T| if x & y != 0 { T::MAX } else { 0 })),
        /// SMAX
        Smax => signed!(es, map2(a, b, T::max)),
        /// SMIN
        Smin => signed!(es, map2(a, b, T::min)),
        /// UMAX
        Umax => unsigned!(es, map2(a, b, T::max)),
        /// UMIN
        Umin => unsigned!(es, map2(a, b, T::min)),
        /// SABD
        Sabd => signed!(es, map2(a, b, |x: T, y: T| x.abs_diff(y))),
        /// UABD
        Uabd => unsigned!(es, map2(a, b, |x: T, y: T| x.abs_diff(y))),
        /// SHADD: half the sum
        Shadd => signed!(es, map2(a, b, |x: T, y: T| ((x as W + y as W) >> 1) as T)),
        /// UHADD
        Uhadd => unsigned!(es, map2(a, b, |x: T, y: T| ((x as W + y as W) >> 1) as T)),
        /// SRHADD: half the sum, rounded up
        Srhadd => signed!(es, map2(a, b, |x: T, y: T| ((x as W + y as W + 1) >> 1) as T)),
        /// URHADD
        Urhadd => unsigned!(es, map2(a, b, |x: T, y: T| ((x as W + y as W + 1) >> 1) as T)),
        /// SHSUB: half the difference
        Shsub => signed!(es, map2(a, b, |x: T, y: T| ((x as W - y as W) >> 1) as T)),
        /// UHSUB
        Uhsub => unsigned!(es, map2(a, b, |x: T, y: T| ((x as W).wrapping_sub(y as W) >> 1) as T)),
        /// SSHL: left by the signed low byte of the other lane, as every shift by a register
        Sshl => signed!(es, map2(a, b, |x: T, y: T| shift_lane!(x, y, Truncate) as T)),
        /// USHL
        Ushl => unsigned!(es, map2(a, b, |x: T, y: T| shift_lane!(x, y, Truncate) as T)),
        /// SRSHL: to the right it rounds
        Srshl => signed!(es, map2(a, b, |x: T, y: T| shift_lane!(x, y, Round) as T)),
        /// URSHL
        Urshl => unsigned!(es, map2(a, b, |x: T, y: T| shift_lane!(x, y, Round) as T)),
        /// ADDP: neighbouring lanes of the first, then of the second operand
        Addp => unsigned!(es, pairs(a, b, T::wrapping_add)),
        /// SMAXP
        Smaxp => signed!(es, pairs(a, b, T::max)),
        /// SMINP
        Sminp => signed!(es, pairs(a, b, T::min)),
        /// UMAXP
        Umaxp => unsigned!(es, pairs(a, b, T::max)),
        /// UMINP
        Uminp => unsigned!(es, pairs(a, b, T::min)),
        /// PMUL: polynomials over {0, 1}, the low half of the product; bytes only
        Pmul => map2(a, b, |x: u8, y: u8| carryless(x as u128, y as u64, 8) as u8),
        /// PMULL: of bytes or, at any other size, of the low doublewords
        Pmull => match es {
            Esize::B => map2(a, b, |x: u8, y: u8| carryless(x as u128, y as u64, 8) as u16),
            _ => carryless(a as u64 as u128, b as u64, 64),
        },
        /// SMULL
        Smull => signed!(es, map2(a, b, |x: T, y: T| x as W * y as W)),
        /// UMULL
        Umull => unsigned!(es, map2(a, b, |x: T, y: T| x as W * y as W)),
        /// UZP1: the even lanes of both
        Uzp1 => unsigned!(es, permute::<T>(a, b, |place| 2 * place)),
        /// UZP2: the odd lanes of both
        Uzp2 => unsigned!(es, permute::<T>(a, b, |place| 2 * place + 1)),
        /// TRN1: the even lanes, alternating
        Trn1 => unsigned!(es, permute::<T>(a, b, |place| place / 2 * 2 + place % 2 * lane_count::<T>())),
        /// TRN2: the odd lanes, alternating
        Trn2 => unsigned!(es, permute::<T>(a, b, |place| place / 2 * 2 + 1 + place % 2 * lane_count::<T>())),
        /// ZIP1: the lower lanes, alternating
        Zip1 => unsigned!(es, permute::<T>(a, b, |place| place / 2 + place % 2 * lane_count::<T>())),
        /// ZIP2: the upper lanes, alternating
        Zip2 => unsigned!(es, permute::<T>(a, b, |place| {
            lane_count::<T>() / 2 + place / 2 + place % 2 * lane_count::<T>()
        })),
        /// AESE, like the following of Vd and Vn, whatever the element size
        Aese => aes::encrypt(a, b),
        /// AESD
        Aesd => aes::decrypt(a, b),
        /// SHA1SU1
        Sha1su1 => sha1::schedule1(a, b),
        /// SHA256SU0
        Sha256su0 => sha256::schedule0(a, b),
        /// SHA512SU0
        Sha512su0 => sha512::schedule0(a, b),
        /// SM4E
        Sm4e => sm4::encrypt(a, b),
        /// SM4EKEY, of Vn and Vm
        Sm4ekey => sm4::expand_key(a, b),
    }
    saturating {
        /// SQADD
        Sqadd => signed!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            saturate(qc, x.saturating_add(y), x.wrapping_add(y))
        })),
        /// UQADD
        Uqadd => unsigned!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            saturate(qc, x.saturating_add(y), x.wrapping_add(y))
        })),
        /// SQSUB
        Sqsub => signed!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            saturate(qc, x.saturating_sub(y), x.wrapping_sub(y))
        })),
        /// UQSUB
        Uqsub => unsigned!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            saturate(qc, x.saturating_sub(y), x.wrapping_sub(y))
        })),
        /// SUQADD: an unsigned number (the second) added to a signed one
        Suqadd => signed!(es, saturating2(qc, a, b, |x: T, y: U, qc: &mut bool| {
            saturate(qc, x.saturating_add_unsigned(y), x.wrapping_add_unsigned(y))
        })),
        /// USQADD: a signed number (the second) added to an unsigned one
        Usqadd => signed!(es, saturating2(qc, a, b, |x: U, y: T, qc: &mut bool| {
            saturate(qc, x.saturating_add_signed(y), x.wrapping_add_signed(y))
        })),
        /// SQSHL
        Sqshl => signed!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            clamp!(qc, shift_lane!(x, y, Truncate), T)
        })),
        /// UQSHL
        Uqshl => unsigned!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            clamp!(qc, shift_lane!(x, y, Truncate), T)
        })),
        /// SQRSHL
        Sqrshl => signed!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            clamp!(qc, shift_lane!(x, y, Round), T)
        })),
        /// UQRSHL
        Uqrshl => unsigned!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            clamp!(qc, shift_lane!(x, y, Round), T)
        })),
        /// SQDMULH: the upper half of twice the product
        Sqdmulh => signed!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            clamp!(qc, (x as W * y as W) >> (T::BITS - 1), T)
        })),
        /// SQRDMULH: the same, rounded
        Sqrdmulh => signed!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            clamp!(qc, (x as W * y as W + (1 << (T::BITS - 2))) >> (T::BITS - 1), T)
        })),
        /// SQDMULL: twice the product
        Sqdmull => signed!(es, saturating2(qc, a, b, |x: T, y: T, qc: &mut bool| {
            let product = x as W * y as W;
            saturate(qc, product.saturating_add(product), product.wrapping_add(product))
        })),
    }
}

/// Lanes of this type in 128 bits.
const fn lane_count<T>() -> usize {
    16 / size_of::<T>()
}

/// PolynomialMult: the product of `x` and the low `bits` of `y` over {0, 1}.
#[inline(always)]
fn carryless(x: u128, y: u64, bits: u32) -> u128 {
    (0..bits).fold(0, |sum, n| sum ^ (x << n & ((y >> n & 1) as u128).wrapping_neg()))
}
