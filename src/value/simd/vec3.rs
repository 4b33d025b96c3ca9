//! Operations with three vector operands, the destination's old value among them.

use super::Esize;
use super::lanes::{map3, saturating3};
use crate::value::crypto::{sha1, sha256, sha512, sm3};

vec_ops! {
    /// Three operands.
    Vec3(es, a: u128, b: u128, c: u128; qc) {
        /// BSL, BIT, BIF: `b` where `a` has ones, `c` elsewhere
        Bsl => a & b | !a & c,
        /// SDOT: to each word of `a`, the products of the four bytes of `b` and `c` in it
        Sdot => map3(a, b, c, |acc: i32, x: u32, y: u32| dot(acc, x, y, |x, y| x as i8 as i32 * y as i8 as i32)),
        /// UDOT
        Udot => map3(a, b, c, |acc: i32, x: u32, y: u32| dot(acc, x, y, |x, y| x as i32 * y as i32)),
        /// USDOT: of unsigned and signed bytes
        Usdot => map3(a, b, c, |acc: i32, x: u32, y: u32| dot(acc, x, y, |x, y| x as i32 * y as i8 as i32)),
        /// SMMLA: to the 2 × 2 words of `a`, the products of the rows of 8 bytes of `b` and `c`
        Smmla => matrix(a, b, c, |x, y| x as i8 as i32 * y as i8 as i32),
        /// UMMLA
        Ummla => matrix(a, b, c, |x, y| x as i32 * y as i32),
        /// USMMLA
        Usmmla => matrix(a, b, c, |x, y| x as i32 * y as i8 as i32),
        /// SHA1C, like the following of Vd, Vn and Vm, whatever the element size
        Sha1c => sha1::rounds_choose(a, b, c),
        /// SHA1M
        Sha1m => sha1::rounds_majority(a, b, c),
        /// SHA1P
        Sha1p => sha1::rounds_parity(a, b, c),
        /// SHA1SU0
        Sha1su0 => sha1::schedule0(a, b, c),
        /// SHA256H
        Sha256h => sha256::rounds_abcd(a, b, c),
        /// SHA256H2
        Sha256h2 => sha256::rounds_efgh(a, b, c),
        /// SHA256SU1
        Sha256su1 => sha256::schedule1(a, b, c),
        /// SHA512H
        Sha512h => sha512::rounds1(a, b, c),
        /// SHA512H2
        Sha512h2 => sha512::rounds2(a, b, c),
        /// SHA512SU1
        Sha512su1 => sha512::schedule1(a, b, c),
        /// SM3SS1, of Vn, Vm and Va
        Sm3ss1 => sm3::ss1(a, b, c),
        /// SM3TT1A, like the following with one word of Vm in every lane
        Sm3tt1a => sm3::tt1_parity(a, b, c),
        /// SM3TT1B
        Sm3tt1b => sm3::tt1_majority(a, b, c),
        /// SM3TT2A
        Sm3tt2a => sm3::tt2_parity(a, b, c),
        /// SM3TT2B
        Sm3tt2b => sm3::tt2_choose(a, b, c),
        /// SM3PARTW1
        Sm3partw1 => sm3::schedule1(a, b, c),
        /// SM3PARTW2
        Sm3partw2 => sm3::schedule2(a, b, c),
    }
    saturating {
        /// SQRDMLAH: `a` plus the upper half of twice the product, rounded
        Sqrdmlah => signed!(es, saturating3(qc, a, b, c, |acc: T, x: T, y: T, qc: &mut bool| {
            clamp!(qc, (((acc as W) << (T::BITS - 1)) + x as W * y as W + (1 << (T::BITS - 2))) >> (T::BITS - 1), T)
        })),
        /// SQRDMLSH: `a` minus it
        Sqrdmlsh => signed!(es, saturating3(qc, a, b, c, |acc: T, x: T, y: T, qc: &mut bool| {
            clamp!(qc, (((acc as W) << (T::BITS - 1)) - x as W * y as W + (1 << (T::BITS - 2))) >> (T::BITS - 1), T)
        })),
    }
}

/// `acc` plus the products of four bytes each.
#[inline(always)]
fn dot(acc: i32, x: u32, y: u32, product: impl Fn(u8, u8) -> i32) -> i32 {
    x.to_le_bytes().into_iter().zip(y.to_le_bytes()).fold(acc, |sum, (x, y)| sum.wrapping_add(product(x, y)))
}

/// Word `2 × row + column` of the result is that of `acc` plus row `row` of `n` times row `column`
/// of `m`.
fn matrix(acc: u128, n: u128, m: u128, product: impl Fn(u8, u8) -> i32) -> u128 {
    (0..4).fold(0, |out, place| {
        let (n, m) = (n >> (place / 2 * 64), m >> (place % 2 * 64));
        let low = dot((acc >> (32 * place)) as i32, n as u32, m as u32, &product);
        let sum = dot(low, (n >> 32) as u32, (m >> 32) as u32, &product);
        out | (sum as u32 as u128) << (32 * place)
    })
}
