//! SHA-256 steps.

use super::{choose, from_words, majority, words};

/// SHA256H: four rounds, of whose state `abcd` is returned.
pub fn rounds_abcd(abcd: u128, efgh: u128, w: u128) -> u128 {
    rounds(abcd, efgh, w).0
}

/// SHA256H2: the same rounds, but `efgh` comes first and is returned.
pub fn rounds_efgh(efgh: u128, abcd: u128, w: u128) -> u128 {
    rounds(abcd, efgh, w).1
}

fn rounds(abcd: u128, efgh: u128, w: u128) -> (u128, u128) {
    let ([mut a, mut b, mut c, mut d], [mut e, mut f, mut g, mut h]) = (words(abcd), words(efgh));
    for w in words(w) {
        let sigma0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let sigma1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let t = h.wrapping_add(sigma1).wrapping_add(choose(e, f, g)).wrapping_add(w);
        let next = t.wrapping_add(sigma0).wrapping_add(majority(a, b, c));
        (a, b, c, d, e, f, g, h) = (next, a, b, c, d.wrapping_add(t), e, f, g);
    }
    (from_words([a, b, c, d]), from_words([e, f, g, h]))
}

/// SHA256SU0.
pub fn schedule0(w0: u128, w4: u128) -> u128 {
    let (before, next) = (words(w0), words(w0 >> 32 | w4 << 96));
    from_words(std::array::from_fn(|n| {
        let x = next[n];
        (x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3).wrapping_add(before[n])
    }))
}

/// SHA256SU1.
pub fn schedule1(partial: u128, w8: u128, w12: u128) -> u128 {
    let (partial, t0, last) = (words(partial), words(w8 >> 32 | w12 << 96), words(w12));
    let sum = |n: usize, x: u32| {
        (x.rotate_right(17) ^ x.rotate_right(19) ^ x >> 10).wrapping_add(partial[n]).wrapping_add(t0[n])
    };
    let (w0, w1) = (sum(0, last[2]), sum(1, last[3]));
    from_words([w0, w1, sum(2, w0), sum(3, w1)])
}
