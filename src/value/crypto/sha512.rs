//! SHA-512 steps (FEAT_SHA512). Values are pairs of doublewords, the lower first.

fn pair(v: u128) -> [u64; 2] {
    [v as u64, (v >> 64) as u64]
}

fn join([lo, hi]: [u64; 2]) -> u128 {
    (hi as u128) << 64 | lo as u128
}

fn big_sigma0(x: u64) -> u64 {
    x.rotate_right(28) ^ x.rotate_right(34) ^ x.rotate_right(39)
}

fn big_sigma1(x: u64) -> u64 {
    x.rotate_right(14) ^ x.rotate_right(18) ^ x.rotate_right(41)
}

fn sigma0(x: u64) -> u64 {
    x.rotate_right(1) ^ x.rotate_right(8) ^ x >> 7
}

fn sigma1(x: u64) -> u64 {
    x.rotate_right(19) ^ x.rotate_right(61) ^ x >> 6
}

/// SHA512H: first part of two rounds, from the sums `w`, and the state `x`, `y`.
pub fn rounds1(w: u128, x: u128, y: u128) -> u128 {
    let (w, x, y) = (pair(w), pair(x), pair(y));
    let choose = |a: u64, b: u64, c: u64| a & b ^ !a & c;
    let hi = choose(y[1], x[0], x[1]).wrapping_add(big_sigma1(y[1])).wrapping_add(w[1]);
    let next = hi.wrapping_add(y[0]);
    let lo = choose(next, y[1], x[0]).wrapping_add(big_sigma1(next)).wrapping_add(w[0]);
    join([lo, hi])
}

/// SHA512H2: second part of two rounds.
pub fn rounds2(w: u128, x: u128, y: u128) -> u128 {
    let (w, x, y) = (pair(w), pair(x), pair(y));
    let majority = |a: u64, b: u64, c: u64| a & b ^ a & c ^ b & c;
    let hi = majority(x[0], y[1], y[0]).wrapping_add(big_sigma0(y[0])).wrapping_add(w[1]);
    let lo = majority(hi, y[0], y[1]).wrapping_add(big_sigma0(hi)).wrapping_add(w[0]);
    join([lo, hi])
}

/// SHA512SU0.
pub fn schedule0(w: u128, x: u128) -> u128 {
    let (w, x) = (pair(w), pair(x));
    join([w[0].wrapping_add(sigma0(w[1])), w[1].wrapping_add(sigma0(x[0]))])
}

/// SHA512SU1.
pub fn schedule1(w: u128, x: u128, y: u128) -> u128 {
    let (w, x, y) = (pair(w), pair(x), pair(y));
    join([0, 1].map(|n| w[n].wrapping_add(sigma1(x[n])).wrapping_add(y[n])))
}
