//! The cryptographic extensions: steps of AES, SHA-1, SHA-2, SM3 and SM4 on 128-bit values, as the
//! Arm pseudocode (J1.3, shared/functions/crypto) has them.

pub mod aes;
pub mod sha1;
pub mod sha256;
pub mod sha512;
pub mod sm3;
pub mod sm4;

#[cfg(test)]
mod tests;

/// The words of a value, lowest first.
fn words(v: u128) -> [u32; 4] {
    [v as u32, (v >> 32) as u32, (v >> 64) as u32, (v >> 96) as u32]
}

/// [`words`], back.
fn from_words(w: [u32; 4]) -> u128 {
    w.iter().rev().fold(0, |v, &word| v << 32 | word as u128)
}

/// SHAchoose: bits of `y` where `x` has ones, else of `z`.
fn choose(x: u32, y: u32, z: u32) -> u32 {
    (y ^ z) & x ^ z
}

/// SHAmajority.
fn majority(x: u32, y: u32, z: u32) -> u32 {
    x & y | (x | y) & z
}

/// SHAparity.
fn parity(x: u32, y: u32, z: u32) -> u32 {
    x ^ y ^ z
}

/// A substitution box of 256 bytes made of an inversion in GF(2⁸).
const fn inversion_box(polynomial: u32, before: (u8, u8), after: (u8, u8)) -> [u8; 256] {
    let mut table = [0; 256];
    let mut x = 0;
    while x < 256 {
        table[x] = affine(inverse(affine(x as u8, before), polynomial), after);
        x += 1;
    }
    table
}

/// Bit n of the result is the parity of `x` under the row rotated left by n, plus bit n of the
/// constant.
const fn affine(x: u8, (row, constant): (u8, u8)) -> u8 {
    let (mut out, mut n) = (0, 0);
    while n < 8 {
        out |= ((x & row.rotate_left(n)).count_ones() as u8 & 1) << n;
        n += 1;
    }
    out ^ constant
}

/// Product in GF(2⁸).
const fn product(mut x: u32, mut y: u32, polynomial: u32) -> u32 {
    let mut sum = 0;
    while y != 0 {
        if y & 1 != 0 {
            sum ^= x;
        }
        x <<= 1;
        if x & 0x100 != 0 {
            x ^= polynomial;
        }
        y >>= 1;
    }
    sum
}

/// x²⁵⁴, which is 1/x, and 0 for 0.
const fn inverse(x: u8, polynomial: u32) -> u8 {
    let (mut out, mut n) = (1, 0);
    while n < 254 {
        out = product(out, x as u32, polynomial);
        n += 1;
    }
    out as u8
}
