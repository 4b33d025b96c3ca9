//! AES rounds. Byte `4 × column + row` of a value is the cipher's state.

use super::{from_words, inversion_box, words};

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

/// AESMC: MixColumns, the circulant matrix 2 3 1 1.
pub fn mix_columns(state: u128) -> u128 {
    from_words(words(state).map(mix_column))
}

/// AESIMC: InvMixColumns, the circulant matrix 14 11 13 9, which is that of MixColumns times 5 0 4 0.
pub fn inv_mix_columns(state: u128) -> u128 {
    from_words(words(state).map(|column| mix_column(column ^ double(double(column ^ column.rotate_right(16))))))
}

fn mix_column(column: u32) -> u32 {
    let doubled = double(column);
    doubled ^ (column ^ doubled).rotate_right(8) ^ column.rotate_right(16) ^ column.rotate_right(24)
}

/// Each byte times x.
fn double(bytes: u32) -> u32 {
    let carries = bytes >> 7 & 0x0101_0101;
    ((bytes & 0x7f7f_7f7f) << 1) ^ (carries * (POLYNOMIAL & 0xff))
}

fn from_fn(byte: impl Fn(usize, usize) -> u8) -> u128 {
    u128::from_le_bytes(std::array::from_fn(|n| byte(n / 4, n % 4)))
}
