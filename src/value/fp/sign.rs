//! FPAbs() and FPNeg(): the sign bit, and nothing else. NaNs are special only under FPCR.AH, which
//! leaves them as they are.

use super::{Format, Fpcr};

/// FPAbs(): clears the sign.
#[inline]
pub fn abs<F: Format>(a: u64, fpcr: Fpcr) -> u64 {
    a & F::MASK & !if keeps::<F>(a, fpcr) { 0 } else { F::SIGN }
}

/// FPNeg(): inverts the sign.
#[inline]
pub fn neg<F: Format>(a: u64, fpcr: Fpcr) -> u64 {
    a & F::MASK ^ if keeps::<F>(a, fpcr) { 0 } else { F::SIGN }
}

/// Whether the sign stays.
#[inline(always)]
fn keeps<F: Format>(a: u64, fpcr: Fpcr) -> bool {
    fpcr.alternate() && F::exponent_field(a) == F::EXPONENT_ONES && a & F::FRACTION_MASK != 0
}
