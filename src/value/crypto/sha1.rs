//! SHA-1 steps.

use super::{choose, from_words, majority, parity, words};

/// SHA1C: four rounds with the choice function; the state is `abcd` and, in `e`'s lane 0, e.
pub fn rounds_choose(abcd: u128, e: u128, w: u128) -> u128 {
    rounds(abcd, e, w, choose)
}

/// SHA1M: four rounds with the majority function.
pub fn rounds_majority(abcd: u128, e: u128, w: u128) -> u128 {
    rounds(abcd, e, w, majority)
}

/// SHA1P: four rounds with the parity function.
pub fn rounds_parity(abcd: u128, e: u128, w: u128) -> u128 {
    rounds(abcd, e, w, parity)
}

fn rounds(abcd: u128, e: u128, w: u128, f: fn(u32, u32, u32) -> u32) -> u128 {
    let ([mut a, mut b, mut c, mut d], mut e) = (words(abcd), e as u32);
    for w in words(w) {
        let next = e.wrapping_add(a.rotate_left(5)).wrapping_add(f(b, c, d)).wrapping_add(w);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    from_words([a, b, c, d])
}

/// SHA1H.
pub fn rotate_e(a: u128) -> u128 {
    (a as u32).rotate_left(30) as u128
}

/// SHA1SU0.
pub fn schedule0(w0: u128, w4: u128, w8: u128) -> u128 {
    (w0 >> 64 | w4 << 64) ^ w0 ^ w8
}

/// SHA1SU1.
pub fn schedule1(partial: u128, w12: u128) -> u128 {
    let t = words(partial ^ w12 >> 32);
    let mut w = t.map(|t| t.rotate_left(1));
    w[3] ^= t[0].rotate_left(2);
    from_words(w)
}
