//! Pointer authentication (FEAT_PAuth, Arm ARM D8.10): codes by QARMA5, the architected algorithm, in
//! the unused bits of a pointer.
//!
//! Linux runs user mode with 48-bit addresses, the top byte of addresses in the lower half ignored
//! (TCR_EL1.TBI0) and that of addresses in the upper half used (TBI1 clear). A code is therefore in
//! bits 54 to 48, and 63 to 56 too where bit 55 is set.

use super::bits::ones;
use std::sync::LazyLock;

/// Bits of a virtual address: the lowest bit of a code.
const BOTTOM: u32 = 48;

/// Where a code is in this pointer.
fn field(pointer: u64) -> u64 {
    let low = ones(55) & !ones(BOTTOM);
    if is_upper(pointer) { low | 0xff << 56 } else { low }
}

/// Bit 55 chooses the half of the address space.
fn is_upper(pointer: u64) -> bool {
    pointer >> 55 & 1 != 0
}

/// What AddPAC and Auth do depends on how far the architecture has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// FEAT_PAuth: the code replaces the pointer's bits; a wrong one leaves an error in them.
    Replace,
    /// FEAT_PAuth2: it is exclusive-ored into them, and out again.
    Combine,
}

/// XPACI, XPACD: Strip() of the pseudocode.
pub fn strip(pointer: u64) -> u64 {
    if is_upper(pointer) { pointer | field(pointer) } else { pointer & !field(pointer) }
}

/// AddPAC(): `code` is what [`compute`] gives for the stripped pointer.
pub fn sign(scheme: Scheme, mut code: u64, pointer: u64) -> u64 {
    let field = field(pointer);
    let extension = pointer & (field | 1 << 55);
    match scheme {
        Scheme::Combine => pointer ^ code & field,
        Scheme::Replace => {
            // A pointer that was none already gets a code that does not authenticate.
            if extension != 0 && extension != field | 1 << 55 {
                code ^= 1 << if is_upper(pointer) { 62 } else { 54 };
            }
            pointer & !field | code & field
        }
    }
}

/// Auth(), with `code` likewise: the pointer, or as an error what a wrong code makes of it.
pub fn authenticate(scheme: Scheme, code: u64, pointer: u64, is_b_key: bool) -> Result<u64, u64> {
    let field = field(pointer);
    let original = strip(pointer);
    match scheme {
        Scheme::Combine => {
            let result = pointer ^ code & field;
            if result == original { Ok(result) } else { Err(result) }
        }
        Scheme::Replace if (pointer ^ code) & field == 0 => Ok(original),
        Scheme::Replace => {
            let (error, at) = (if is_b_key { 0b10 } else { 0b01 }, if is_upper(pointer) { 61 } else { 53 });
            Err(original & !(3 << at) | error << at)
        }
    }
}

/// PACGA: a code of 32 bits in the upper half.
pub fn generic(key: u128, data: u64, modifier: u64) -> u64 {
    compute(key, data, modifier) & !ones(32)
}

/// ComputePAC(): QARMA-64 with five rounds and the S-box sigma2 (Avanzi, "The QARMA Block Cipher
/// Family", 2016).
pub fn compute(key: u128, data: u64, modifier: u64) -> u64 {
    const ROUNDS: [u64; 5] =
        [0, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89, 0x4528_21e6_38d0_1377];
    const ALPHA: u64 = 0xc0ac_29b7_c97c_50dd;
    let tables = &*TABLES;
    let (key0, key1) = ((key >> 64) as u64, key as u64);
    let modified = key0.rotate_right(1) ^ key0 >> 63;
    let mut tweak = modifier;
    let mut state = data ^ key0;
    for (n, constant) in ROUNDS.into_iter().enumerate() {
        state ^= key1 ^ tweak ^ constant;
        if n != 0 {
            state = tables.diffuse.of(state);
        }
        state = tables.substitute.of(state);
        tweak = tables.advance.of(tweak);
    }
    // The reflector.
    state = tables.diffuse.of(state ^ modified ^ tweak);
    state = key1 ^ tables.diffuse.of(tables.substitute.of(state));
    state = tables.collect.of(tables.resubstitute.of(tables.unshuffle.of(state)));
    state ^= key0 ^ tweak;
    for (n, constant) in ROUNDS.into_iter().rev().enumerate() {
        state = tables.resubstitute.of(state);
        if n != ROUNDS.len() - 1 {
            state = tables.collect.of(state);
        }
        tweak = tables.retreat.of(tweak);
        state ^= constant ^ key1 ^ tweak ^ ALPHA;
    }
    state ^ modified
}

/// A function of 64 bits that is the exclusive or of a function of each byte.
struct ByBytes([[u64; 256]; 8]);

impl ByBytes {
    /// A linear function. (A substitution of cells is one too, once what it makes of zero is taken off
    /// each byte but the lowest.)
    fn new(f: impl Fn(u64) -> u64) -> ByBytes {
        let zero = f(0);
        ByBytes(std::array::from_fn(|n| {
            std::array::from_fn(|byte| f((byte as u64) << (8 * n)) ^ if n == 0 { 0 } else { zero })
        }))
    }

    fn of(&self, v: u64) -> u64 {
        self.0.iter().zip(v.to_le_bytes()).fold(0, |sum, (table, byte)| sum ^ table[byte as usize])
    }
}

/// The steps of a round, as tables: a code takes a tenth of the time that it takes cell by cell.
struct Tables {
    substitute: ByBytes,
    resubstitute: ByBytes,
    /// PACCellShuffle, then PACMult.
    diffuse: ByBytes,
    /// PACMult, then PACCellInvShuffle.
    collect: ByBytes,
    unshuffle: ByBytes,
    advance: ByBytes,
    retreat: ByBytes,
}

static TABLES: LazyLock<Box<Tables>> = LazyLock::new(|| {
    Box::new(Tables {
        substitute: ByBytes::new(|v| substitute(v, &SIGMA)),
        resubstitute: ByBytes::new(|v| substitute(v, &SIGMA_INVERSE)),
        diffuse: ByBytes::new(|v| mix(shuffle(v))),
        collect: ByBytes::new(|v| unshuffle(mix(v))),
        unshuffle: ByBytes::new(unshuffle),
        advance: ByBytes::new(advance),
        retreat: ByBytes::new(retreat),
    })
});

/// PACSub's table.
const SIGMA: [u8; 16] = [0xb, 6, 8, 0xf, 0xc, 0, 9, 0xe, 3, 7, 4, 5, 0xd, 2, 1, 0xa];
const SIGMA_INVERSE: [u8; 16] = inverse(&SIGMA);

/// PACCellShuffle: the cell (0 the highest nibble) that each cell of the result comes from.
const SHUFFLE: [u8; 16] = [0, 11, 6, 13, 10, 1, 12, 7, 5, 14, 3, 8, 15, 4, 9, 2];
const UNSHUFFLE: [u8; 16] = inverse(&SHUFFLE);

/// TweakShuffle, the same for the tweak, and the cells that go through a shift register after it.
const TWEAK: [u8; 16] = [6, 5, 14, 15, 0, 1, 2, 3, 7, 12, 13, 4, 8, 9, 10, 11];
const TWEAK_INVERSE: [u8; 16] = inverse(&TWEAK);
const TWEAKED: [usize; 7] = [0, 1, 3, 4, 8, 11, 13];

/// The inverse of a permutation.
const fn inverse(of: &[u8; 16]) -> [u8; 16] {
    let (mut out, mut n) = ([0; 16], 0);
    while n < 16 {
        out[of[n] as usize] = n as u8;
        n += 1;
    }
    out
}

fn cell(v: u64, n: usize) -> u64 {
    v >> (60 - 4 * n) & 15
}

/// A value whose cell `n` is `f(n)`.
fn cells(f: impl Fn(usize) -> u64) -> u64 {
    (0..16).fold(0, |v, n| v << 4 | f(n))
}

fn permuted(v: u64, by: &[u8; 16]) -> u64 {
    cells(|n| cell(v, by[n] as usize))
}

fn shuffle(v: u64) -> u64 {
    permuted(v, &SHUFFLE)
}

fn unshuffle(v: u64) -> u64 {
    permuted(v, &UNSHUFFLE)
}

fn substitute(v: u64, table: &[u8; 16]) -> u64 {
    cells(|n| table[cell(v, n) as usize] as u64)
}

/// PACMult: each column of four cells times the circulant matrix (0, rot 1, rot 2, rot 1).
fn mix(v: u64) -> u64 {
    let rotated = |x: u64, by: u32| (x << by | x >> (4 - by)) & 15;
    cells(|n| {
        let other = |down: usize| cell(v, (n + 4 * down) % 16);
        rotated(other(1), 1) ^ rotated(other(2), 2) ^ rotated(other(3), 1)
    })
}

/// TweakShuffle.
fn advance(tweak: u64) -> u64 {
    let tweak = permuted(tweak, &TWEAK);
    cells(|n| match cell(tweak, n) {
        c if TWEAKED.contains(&n) => c >> 1 | (c & 1 ^ c >> 1 & 1) << 3,
        c => c,
    })
}

/// TweakInvShuffle.
fn retreat(tweak: u64) -> u64 {
    let tweak = cells(|n| match cell(tweak, n) {
        c if TWEAKED.contains(&n) => c << 1 & 15 | (c & 1 ^ c >> 3),
        c => c,
    });
    permuted(tweak, &TWEAK_INVERSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: u128 = 0x84be_85ce_9804_e94b_ec28_02d4_e0a4_88e9;
    const MODIFIER: u64 = 0x477d_469d_ec0b_8762;

    #[test]
    fn qarma_gives_its_papers_test_vector() {
        assert_eq!(compute(KEY, 0xfb62_3599_da6e_8127, MODIFIER), 0xc003_b939_99b3_3765);
    }

    #[test]
    fn what_is_signed_authenticates_and_nothing_else() {
        for scheme in [Scheme::Replace, Scheme::Combine] {
            for pointer in [0x1234_5678_9abc, 0xab00_7fff_ffff_fff0, 0xffff_8000_0000_1230] {
                let code = compute(KEY, pointer, MODIFIER);
                let signed = sign(scheme, code, pointer);
                assert_eq!(strip(signed), pointer);
                assert_eq!(authenticate(scheme, code, signed, false), Ok(pointer));
                let wrong = authenticate(scheme, code, signed ^ 1 << 50, false);
                assert!(wrong.is_err_and(|bad| bad != pointer));
            }
        }
    }

    #[test]
    fn an_error_code_tells_the_key() {
        let wrong = |is_b_key| authenticate(Scheme::Replace, 0, 0x0040_1234_5678_9abc, is_b_key);
        assert_eq!(wrong(false), Err(0x0020_1234_5678_9abc));
        assert_eq!(wrong(true), Err(0x0040_1234_5678_9abc));
    }
}
