//! SM4 rounds (FEAT_SM4).

use super::{from_words, inversion_box, words};

/// The S-box: an affine map on either side of the inversion modulo
/// x⁸ + x⁷ + x⁶ + x⁵ + x⁴ + x² + 1.
static SUB: [u8; 256] = inversion_box(0x1f5, AFFINE, AFFINE);
const AFFINE: (u8, u8) = (0xa7, 0xd3);

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
