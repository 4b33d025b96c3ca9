//! SM3 steps (FEAT_SM3).

use super::{choose, from_words, majority, parity, words};

/// SM3SS1: the word SS1, in lane 3.
pub fn ss1(a: u128, e: u128, t: u128) -> u128 {
    let ([.., a], [.., e], [.., t]) = (words(a), words(e), words(t));
    from_words([0, 0, 0, a.rotate_left(12).wrapping_add(e).wrapping_add(t).rotate_left(7)])
}

/// SM3TT1A (rounds 0 to 15): one round of a, b, c, d; `w` has the word in all lanes.
pub fn tt1_parity(dcba: u128, ss1: u128, w: u128) -> u128 {
    tt1(dcba, ss1, w, parity)
}

/// SM3TT1B (rounds 16 to 63).
pub fn tt1_majority(dcba: u128, ss1: u128, w: u128) -> u128 {
    tt1(dcba, ss1, w, majority)
}

fn tt1(dcba: u128, ss1: u128, w: u128, f: fn(u32, u32, u32) -> u32) -> u128 {
    let ([d, c, b, a], [.., ss1]) = (words(dcba), words(ss1));
    let ss2 = ss1 ^ a.rotate_left(12);
    let sum = f(a, b, c).wrapping_add(d).wrapping_add(ss2).wrapping_add(w as u32);
    from_words([c, b.rotate_left(9), a, sum])
}

/// SM3TT2A: one round of e, f, g, h.
pub fn tt2_parity(hgfe: u128, ss1: u128, w: u128) -> u128 {
    tt2(hgfe, ss1, w, parity)
}

/// SM3TT2B.
pub fn tt2_choose(hgfe: u128, ss1: u128, w: u128) -> u128 {
    tt2(hgfe, ss1, w, choose)
}

fn tt2(hgfe: u128, ss1: u128, w: u128, f: fn(u32, u32, u32) -> u32) -> u128 {
    let ([h, g, ff, e], [.., ss1]) = (words(hgfe), words(ss1));
    let sum = f(e, ff, g).wrapping_add(h).wrapping_add(ss1).wrapping_add(w as u32);
    from_words([g, ff.rotate_left(19), e, sum ^ sum.rotate_left(9) ^ sum.rotate_left(17)])
}

/// P1 of the standard.
fn p1(x: u32) -> u32 {
    x ^ x.rotate_left(15) ^ x.rotate_left(23)
}

/// SM3PARTW1.
pub fn schedule1(d: u128, n: u128, m: u128) -> u128 {
    let (x, m) = (words(d ^ n), words(m));
    let [r0, r1, r2] = [0, 1, 2].map(|k| p1(x[k] ^ m[k + 1].rotate_left(15)));
    from_words([r0, r1, r2, p1(x[3] ^ r0.rotate_left(15))])
}

/// SM3PARTW2.
pub fn schedule2(d: u128, n: u128, m: u128) -> u128 {
    let m = words(m).map(|m| m.rotate_left(7));
    let t = n ^ from_words(m);
    d ^ t ^ (p1((t as u32).rotate_left(15)) as u128) << 96
}
