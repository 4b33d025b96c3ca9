//! Operations with one vector operand.

use super::Esize;
use super::lanes::{across, map1, pairs, permute, saturate, saturating1};
use crate::value::crypto::{aes, sha1};

vec_ops! {
    /// One operand.
    Vec1(es, a: u128; qc) {
        /// NOT
        Not => !a,
        /// NEG
        Neg => unsigned!(es, map1(a, |x: T| x.wrapping_neg())),
        /// ABS: the most negative number is its own
        Abs => signed!(es, map1(a, |x: T| x.wrapping_abs())),
        /// CLS: leading bits equal to the sign bit, not counting it
        Cls => signed!(es, map1(a, |x: T| (x ^ x << 1 | 1).leading_zeros() as T)),
        /// CLZ
        Clz => unsigned!(es, map1(a, |x: T| x.leading_zeros() as T)),
        /// CNT
        Cnt => unsigned!(es, map1(a, |x: T| x.count_ones() as T)),
        /// RBIT: bits within each lane
        Rbit => unsigned!(es, map1(a, |x: T| x.reverse_bits())),
        /// REV16: lanes within each halfword
        Rev16 => unsigned!(es, reverse::<T>(a, 2)),
        /// REV32: lanes within each word
        Rev32 => unsigned!(es, reverse::<T>(a, 4)),
        /// REV64: lanes within each doubleword
        Rev64 => unsigned!(es, reverse::<T>(a, 8)),
        /// SXTL: the low half, widened
        Sxtl => signed!(es, map1(a, |x: T| x as W)),
        /// UXTL
        Uxtl => unsigned!(es, map1(a, |x: T| x as W)),
        /// XTN: the low half of each double-width lane
        Xtn => unsigned!(es, map1(a, |x: W| x as T)),
        /// SADDLP: neighbouring lanes added into one of twice the width
        Saddlp => signed!(es, pairs(a, 0, |x: T, y: T| x as W + y as W)),
        /// UADDLP
        Uaddlp => unsigned!(es, pairs(a, 0, |x: T, y: T| x as W + y as W)),
        /// ADDV: the sum of all lanes, in lane 0
        Addv => unsigned!(es, across(a, |x: T| x, T::wrapping_add)),
        /// SADDLV: the sum of all lanes, twice as wide
        Saddlv => signed!(es, across(a, |x: T| x as W, |x, y| x + y)),
        /// UADDLV
        Uaddlv => unsigned!(es, across(a, |x: T| x as W, |x, y| x + y)),
        /// SMAXV
        Smaxv => signed!(es, across(a, |x: T| x, T::max)),
        /// SMINV
        Sminv => signed!(es, across(a, |x: T| x, T::min)),
        /// UMAXV
        Umaxv => unsigned!(es, across(a, |x: T| x, T::max)),
        /// UMINV
        Uminv => unsigned!(es, across(a, |x: T| x, T::min)),
        /// AESMC, whatever the element size
        Aesmc => aes::mix_columns(a),
        /// AESIMC
        Aesimc => aes::inv_mix_columns(a),
        /// SHA1H
        Sha1h => sha1::rotate_e(a),
    }
    saturating {
        /// SQABS
        Sqabs => signed!(es, saturating1(qc, a, |x: T, qc: &mut bool| {
            saturate(qc, x.saturating_abs(), x.wrapping_abs())
        })),
        /// SQNEG
        Sqneg => signed!(es, saturating1(qc, a, |x: T, qc: &mut bool| {
            saturate(qc, x.saturating_neg(), x.wrapping_neg())
        })),
        /// SQXTN: signed to signed
        Sqxtn => signed!(es, saturating1(qc, a, |x: W, qc: &mut bool| clamp!(qc, x, T))),
        /// SQXTUN: signed to unsigned
        Sqxtun => signed!(es, saturating1(qc, a, |x: W, qc: &mut bool| clamp!(qc, x, U))),
        /// UQXTN: unsigned to unsigned
        Uqxtn => unsigned!(es, saturating1(qc, a, |x: W, qc: &mut bool| clamp!(qc, x, T))),
    }
}

/// Reverses the lanes within each group of `bytes`.
#[inline(always)]
fn reverse<T: bytemuck::Pod>(a: u128, bytes: usize) -> u128 {
    let last = (bytes / size_of::<T>()).saturating_sub(1);
    permute::<T>(a, a, |place| place ^ last)
}
