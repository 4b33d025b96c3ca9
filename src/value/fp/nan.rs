//! NaN propagation: FPProcessNaN(), FPProcessNaNs(), FPProcessNaNs3().
//!
//! The first signalling operand wins, then the first quiet one; it is made quiet, or replaced by the
//! default NaN under FPCR.DN.

use super::unpack::{Class, Unpacked};
use super::{Exception, Format, Fpcr, Fpsr};

/// FPProcessNaN(): the result for one NaN operand.
#[cold]
pub(super) fn process_nan<F: Format>(class: Class, bits: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    if class == Class::SignallingNan {
        fpsr.raise(Exception::InvalidOp);
    }
    if fpcr.default_nan() { F::default_nan() } else { bits & F::MASK | F::QUIET }
}

/// FPProcessNaNs() and FPProcessNaNs3(): the result if any operand is a NaN. Operands are in the
/// order of precedence; for a fused multiply-add the addend comes first.
pub(super) fn process_nans<F: Format>(operands: &[(&Unpacked, u64)], fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    let first = |class| operands.iter().find(|(unpacked, _)| unpacked.class == class);
    let (unpacked, bits) = first(Class::SignallingNan).or_else(|| first(Class::QuietNan))?;
    Some(process_nan::<F>(unpacked.class, *bits, fpcr, fpsr))
}

/// The result of an invalid operation on numbers: the default NaN, with InvalidOp.
#[cold]
pub(super) fn invalid_operation<F: Format>(fpsr: &mut Fpsr) -> u64 {
    fpsr.raise(Exception::InvalidOp);
    F::default_nan()
}
