//! The standards' own examples, computed as programs compute them with these instructions.

use super::*;

/// FIPS 197, appendix B.
#[test]
fn aes_128_example_of_the_standard() {
    let block = |hex: u128| hex.swap_bytes();
    let mut keys = vec![block(0x2b7e1516_28aed2a6_abf71588_09cf4f3c)];
    let mut constant = 1u8;
    for _ in 0..10 {
        let k = words(keys[keys.len() - 1]);
        // With all columns equal, ShiftRows changes nothing and AESE is SubWord.
        let substituted = aes::encrypt(from_words([k[3].rotate_right(8); 4]), 0) as u32;
        let first = k[0] ^ substituted ^ constant as u32;
        let (second, third) = (k[1] ^ first, k[2] ^ k[1] ^ first);
        keys.push(from_words([first, second, third, k[3] ^ third]));
        constant = if constant & 0x80 != 0 { constant << 1 ^ 0x1b } else { constant << 1 };
    }
    let (plain, cipher) = (block(0x3243f6a8_885a308d_313198a2_e0370734), block(0x3925841d_02dc09fb_dc118597_196a0b32));

    let rounds = keys[..9].iter().fold(plain, |state, &key| aes::mix_columns(aes::encrypt(state, key)));
    assert_eq!(aes::encrypt(rounds, keys[9]) ^ keys[10], cipher);

    let rounds = keys[2..].iter().rev().enumerate().fold(cipher, |state, (round, &key)| {
        aes::inv_mix_columns(aes::decrypt(state, if round == 0 { key } else { aes::inv_mix_columns(key) }))
    });
    assert_eq!(aes::decrypt(rounds, aes::inv_mix_columns(keys[1])) ^ keys[0], plain);
}

/// The padded block of the message "abc", as words of the message schedule.
fn abc() -> [u128; 4] {
    [0x6162_6380, 0, 0, 24 << 96]
}

/// Adds words.
fn add(a: u128, b: u128) -> u128 {
    let b = words(b);
    from_words(std::array::from_fn(|n| words(a)[n].wrapping_add(b[n])))
}

/// FIPS 180-4, example of SHA-1.
#[test]
fn sha1_of_abc() {
    let mut w = abc().to_vec();
    for n in 4..20 {
        w.push(sha1::schedule1(sha1::schedule0(w[n - 4], w[n - 3], w[n - 2]), w[n - 1]));
    }
    let start = from_words([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]);
    let (mut abcd, mut e) = (start, 0xc3d2_e1f0u128);
    for (n, &w) in w.iter().enumerate() {
        let (rounds, k): (fn(u128, u128, u128) -> u128, u32) = match n / 5 {
            0 => (sha1::rounds_choose, 0x5a82_7999),
            1 => (sha1::rounds_parity, 0x6ed9_eba1),
            2 => (sha1::rounds_majority, 0x8f1b_bcdc),
            _ => (sha1::rounds_parity, 0xca62_c1d6),
        };
        let next = sha1::rotate_e(abcd);
        abcd = rounds(abcd, e, add(w, from_words([k; 4])));
        e = next;
    }
    assert_eq!(words(add(abcd, start)), [0xa999_3e36, 0x4706_816a, 0xba3e_2571, 0x7850_c26c]);
    assert_eq!((e as u32).wrapping_add(0xc3d2_e1f0), 0x9cd0_d89d);
}

/// The first 32 bits of the fractional part of a root of each prime, as FIPS 180-4 derives constants.
fn fractions(root: fn(f64) -> f64) -> impl Iterator<Item = u32> {
    let primes = (2u32..).filter(|&n| (2..n).all(|divisor| n % divisor != 0));
    primes.map(move |p| (root(p as f64).fract() * 4_294_967_296.0) as u32)
}

/// FIPS 180-4, example of SHA-256.
#[test]
fn sha256_of_abc() {
    let mut w = abc().to_vec();
    for n in 4..16 {
        w.push(sha256::schedule1(sha256::schedule0(w[n - 4], w[n - 3]), w[n - 2], w[n - 1]));
    }
    let k: Vec<u32> = fractions(f64::cbrt).take(64).collect();
    let h: Vec<u32> = fractions(f64::sqrt).take(8).collect();
    let four = |words: &[u32]| words.iter().rev().fold(0, |v, &word| v << 32 | word as u128);
    let start = (four(&h[..4]), four(&h[4..]));
    let (mut abcd, mut efgh) = start;
    for (n, &w) in w.iter().enumerate() {
        let w = add(w, four(&k[4 * n..4 * n + 4]));
        (abcd, efgh) = (sha256::rounds_abcd(abcd, efgh, w), sha256::rounds_efgh(efgh, abcd, w));
    }
    assert_eq!(words(add(abcd, start.0)), [0xba78_16bf, 0x8f01_cfea, 0x4141_40de, 0x5dae_2223]);
    assert_eq!(words(add(efgh, start.1)), [0xb003_61a3, 0x9617_7a9c, 0xb410_ff61, 0xf200_15ad]);
}

/// GB/T 32907-2016, example 1.
#[test]
fn sm4_example_of_the_standard() {
    let key = [0x0123_4567, 0x89ab_cdef, 0xfedc_ba98, 0x7654_3210];
    let system = [0xa3b1_bac6, 0x56aa_3350, 0x677d_9197, 0xb270_22dc];
    let constant = |n: u32| (0..4).fold(0, |v, byte| (v << 8) + (4 * n + byte) * 7 % 256);
    let (mut keys, mut state) = (from_words(key) ^ from_words(system), from_words(key));
    for group in 0..8 {
        keys = sm4::expand_key(keys, from_words(std::array::from_fn(|n| constant(4 * group + n as u32))));
        state = sm4::encrypt(state, keys);
    }
    let [d, c, b, a] = words(state);
    assert_eq!([a, b, c, d], [0x681e_df34, 0xd206_965e, 0x86b3_e94f, 0x536e_4246]);
}
