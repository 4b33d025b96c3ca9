//! AES rounds. Byte `4 × column + row` of a value is the cipher's state.

use super::{inversion_box, product};

/// x⁸ + x⁴ + x³ + x + 1.
const POLYNOMIAL: u32 = 0x11b;

/// SubBytes: the inverse, then an affine map.
static SUB: [u8; 256] = inversion_box(POLYNOMIAL, (1, 0), (0xf1, 0x63));

/// InvSubBytes.
static INV_SUB: [u8; 256] = {
    let mut table = [0; 256];
    let mut x = 0;
    while x < 256 {
        table[SUB[x] as usize] = x as u8;
        x += 1;
    }
    table
};

/// AESE: AddRoundKey, SubBytes and ShiftRows.
pub fn encrypt(state: u128, key: u128) -> u128 {
    let bytes = (state ^ key).to_le_bytes();
    from_fn(|column, row| SUB[bytes[4 * ((column + row) % 4) + row] as usize])
}

/// AESD: AddRoundKey, InvSubBytes and InvShiftRows.
pub fn decrypt(state: u128, key: u128) -> u128 {
    let bytes = (state ^ key).to_le_bytes();
    from_fn(|column, row| INV_SUB[bytes[4 * ((column + 4 - row) % 4) + row] as usize])
}

/// AESMC: MixColumns.
pub fn mix_columns(state: u128) -> u128 {
    multiply_columns(state, [2, 3, 1, 1])
}

/// AESIMC: InvMixColumns.
pub fn inv_mix_columns(state: u128) -> u128 {
    multiply_columns(state, [14, 11, 13, 9])
}

/// Each column times the circulant matrix whose first row is given.
fn multiply_columns(state: u128, factors: [u32; 4]) -> u128 {
    let bytes = state.to_le_bytes();
    from_fn(|column, row| {
        (0..4).fold(0, |sum, k| sum ^ product(bytes[4 * column + (row + k) % 4] as u32, factors[k], POLYNOMIAL)) as u8
    })
}

fn from_fn(byte: impl Fn(usize, usize) -> u8) -> u128 {
    u128::from_le_bytes(std::array::from_fn(|n| byte(n / 4, n % 4)))
}
