//! Operations with three vector operands, the destination's old value among them.

use super::Esize;
use super::lanes::map3;

vec_ops! {
    /// Three operands.
    Vec3(es, a: u128, b: u128, c: u128; qc) {
        /// BSL, BIT, BIF: `b` where `a` has ones, `c` elsewhere
        Bsl => a & b | !a & c,
        /// SDOT: to each word of `a`, the products of the four bytes of `b` and `c` in it
        Sdot => map3(a, b, c, |acc: i32, x: u32, y: u32| {
            dot(x.to_le_bytes(), y.to_le_bytes(), |x, y| x as i8 as i32 * y as i8 as i32).wrapping_add(acc)
        }),
        /// UDOT
        Udot => map3(a, b, c, |acc: i32, x: u32, y: u32| {
            dot(x.to_le_bytes(), y.to_le_bytes(), |x, y| x as i32 * y as i32).wrapping_add(acc)
        }),
    }
    saturating {
        /// SQRDMLAH: `a` plus the upper half of twice the product, rounded
        Sqrdmlah => signed!(es, map3(a, b, c, |acc: T, x: T, y: T| {
            clamp!(qc, (((acc as W) << (T::BITS - 1)) + x as W * y as W + (1 << (T::BITS - 2))) >> (T::BITS - 1), T)
        })),
        /// SQRDMLSH: `a` minus it
        Sqrdmlsh => signed!(es, map3(a, b, c, |acc: T, x: T, y: T| {
            clamp!(qc, (((acc as W) << (T::BITS - 1)) - x as W * y as W + (1 << (T::BITS - 2))) >> (T::BITS - 1), T)
        })),
    }
}

#[inline(always)]
fn dot(x: [u8; 4], y: [u8; 4], product: impl Fn(u8, u8) -> i32) -> i32 {
    x.into_iter().zip(y).map(|(x, y)| product(x, y)).sum()
}
