//! SM4 rounds (FEAT_SM4).

use super::{affine, from_words, inversion_box, product, words};

/// The S-box: an affine map on either side of the inversion modulo
/// x⁸ + x⁷ + x⁶ + x⁵ + x⁴ + x² + 1.
pub static SUB: [u8; 256] = inversion_box(POLYNOMIAL, AFFINE, AFFINE);
const POLYNOMIAL: u32 = 0x1f5;
const AFFINE: (u8, u8) = (0xa7, 0xd3);

/// The S-box by way of AES's field, as x86-64's GF2P8AFFINEQB and GF2P8AFFINEINVQB do it: the matrices before
/// and after the inversion, row by row, the last one lowest, and what is added.
pub const GFNI: [u64; 2] = {
    let (mut into, mut out, mut x) = ([0; 8], [0; 8], 0);
    while x < 8 {
        into[x] = to_aes(affine(1 << x, (AFFINE.0, 0)));
        out[x] = affine(from_aes(1 << x), (AFFINE.0, 0));
        x += 1;
    }
    [rows(into), rows(out)]
};
#[allow(missing_docs)]
pub const GFNI_CONSTANTS: [u8; 2] = [to_aes(AFFINE.1), AFFINE.1];

/// The polynomial of AES.
const AES: u32 = 0x11b;

/// The element of AES's field that a sum of powers of x is: of a root of our polynomial.
const fn to_aes(a: u8) -> u8 {
    evaluate(a as u32, ROOT) as u8
}

const fn from_aes(a: u8) -> u8 {
    let mut x = 0;
    while to_aes(x) != a {
        x += 1;
    }
    x
}

const ROOT: u32 = {
    let mut root = 2;
    while evaluate(POLYNOMIAL, root) != 0 {
        root += 1;
    }
    root
};

/// The value of a polynomial at a place in AES's field.
const fn evaluate(polynomial: u32, x: u32) -> u32 {
    let (mut sum, mut power, mut n) = (0, 1, 0);
    while n < 9 {
        if polynomial >> n & 1 != 0 {
            sum ^= power;
        }
        power = product(power, x, AES);
        n += 1;
    }
    sum
}

/// The rows of a matrix given by columns.
const fn rows(columns: [u8; 8]) -> u64 {
    let (mut rows, mut n) = (0, 0);
    while n < 64 {
        let (row, column) = (n / 8, n % 8);
        rows |= (columns[column] as u64 >> row & 1) << (8 * (7 - row) + column);
        n += 1;
    }
    rows
}

/// SM4E: four rounds under four round keys.
pub fn encrypt(state: u128, keys: u128) -> u128 {
    rounds(state, keys, |x| x ^ x.rotate_left(2) ^ x.rotate_left(10) ^ x.rotate_left(18) ^ x.rotate_left(24))
}

/// SM4EKEY: four round keys from the four before and the standard's constants.
pub fn expand_key(keys: u128, constants: u128) -> u128 {
    rounds(keys, constants, |x| x ^ x.rotate_left(13) ^ x.rotate_left(23))
}

fn rounds(state: u128, keys: u128, linear: fn(u32) -> u32) -> u128 {
    let mut x = words(state);
    for key in words(keys) {
        let sum = x[1] ^ x[2] ^ x[3] ^ key;
        let substituted = u32::from_le_bytes(sum.to_le_bytes().map(|byte| SUB[byte as usize]));
        x = [x[1], x[2], x[3], x[0] ^ linear(substituted)];
    }
    from_words(x)
}

#[cfg(test)]
mod tests {
    use super::super::inverse;
    use super::*;

    #[test]
    fn the_box_is_an_inversion_in_the_field_of_aes() {
        let map = |rows: u64, x: u8| {
            (0..8).fold(0, |out, n| out | ((rows >> (8 * (7 - n)) & x as u64).count_ones() as u8 & 1) << n)
        };
        for x in 0..=255 {
            let inverted = inverse(map(GFNI[0], x) ^ GFNI_CONSTANTS[0], AES);
            assert_eq!(map(GFNI[1], inverted) ^ GFNI_CONSTANTS[1], SUB[x as usize]);
        }
    }
}
