//! NaN propagation: FPProcessNaN(), FPProcessNaNs(), FPProcessNaNs3().
//!
//! The first signalling operand wins, then the first quiet one; it is made quiet, or replaced by the
//! default NaN under FPCR.DN. Under FPCR.AH the first NaN wins, of whatever kind, where for a fused
//! multiply-add the factors come before the addend.

use super::unpack::{Class, Unpacked};
use super::{Exception, Format, Fpcr, Fpsr};

/// FPProcessNaN(): the result for one NaN operand.
#[cold]
pub(super) fn process_nan<F: Format>(class: Class, bits: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    if class == Class::SignallingNan {
        fpsr.raise(Exception::InvalidOp);
    }
    if fpcr.default_nan() { fpcr.nan::<F>() } else { bits & F::MASK | F::QUIET }
}

/// FPProcessNaNs() and FPProcessNaNs3(): the result if any operand is a NaN. Operands are in the
/// order of precedence; for a fused multiply-add the addend comes first.
pub(super) fn process_nans<F: Format>(operands: &[(&Unpacked, u64)], fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    let (class, place) = prevailing_nan(operands.iter().map(|(unpacked, _)| unpacked.class), fpcr)?;
    Some(process_nan::<F>(class, operands[place].1, fpcr, fpsr))
}

/// Which operand's NaN is the result's, and as what it counts.
pub(super) fn prevailing_nan(
    classes: impl ExactSizeIterator<Item = Class> + Clone,
    fpcr: Fpcr,
) -> Option<(Class, usize)> {
    let find = |wanted| classes.clone().position(|class| class == wanted);
    let signalling = find(Class::SignallingNan);
    if !fpcr.alternate() {
        let quiet = || Some((Class::QuietNan, find(Class::QuietNan)?));
        return signalling.map(|place| (Class::SignallingNan, place)).or_else(quiet);
    }
    let is_nan = |class: Class| matches!(class, Class::QuietNan | Class::SignallingNan);
    let addends = classes.len() - 2;
    let factor = classes.clone().skip(addends).position(is_nan).map(|place| place + addends);
    let place = factor.or_else(|| classes.clone().position(is_nan))?;
    Some((if signalling.is_some() { Class::SignallingNan } else { Class::QuietNan }, place))
}

/// The result of an invalid operation on numbers: the default NaN, with InvalidOp.
#[cold]
pub(super) fn invalid_operation<F: Format>(fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    fpsr.raise(Exception::InvalidOp);
    fpcr.nan::<F>()
}
