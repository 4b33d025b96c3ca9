//! FPAbs() and FPNeg(): the sign bit, and nothing else; NaNs are not special (FPCR.AH is 0).

use super::Format;

/// FPAbs(): clears the sign.
#[inline]
pub fn abs<F: Format>(a: u64) -> u64 {
    a & F::MASK & !F::SIGN
}

/// FPNeg(): inverts the sign.
#[inline]
pub fn neg<F: Format>(a: u64) -> u64 {
    a & F::MASK ^ F::SIGN
}
