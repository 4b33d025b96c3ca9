//! FPCR and FPSR as the operations see them, and the rounding modes.

use super::Format;

/// The floating-point control register (D24.2.53 FPCR). Only the fields that change a result are
/// named; NEP, which keeps the upper lanes of scalar results, is the instructions' affair.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(transparent)]
pub struct Fpcr(pub u32);

impl Fpcr {
    /// Alternative half-precision format for conversions.
    pub const AHP: u32 = 1 << 26;
    /// Any NaN result is the default NaN.
    pub const DN: u32 = 1 << 25;
    /// Flush single and double denormals to zero.
    pub const FZ: u32 = 1 << 24;
    /// Rounding mode, two bits.
    pub const RMODE: u32 = 3 << 22;
    /// Flush half-precision denormals to zero.
    pub const FZ16: u32 = 1 << 19;
    /// BFDOT and BFMMLA round as other operations do (FEAT_EBF16).
    pub const EBF: u32 = 1 << 13;
    /// Scalar results keep the upper lanes of a register (FEAT_AFP).
    pub const NEP: u32 = 1 << 2;
    /// Alternate handling (FEAT_AFP): NaNs, denormals, tininess, maximum and minimum as on x86.
    pub const AH: u32 = 1 << 1;
    /// Flush single and double denormal operands to zero, unnoticed (FEAT_AFP).
    pub const FIZ: u32 = 1 << 0;

    /// Not FPCR's: rounding to odd, for what rounds so whatever RMode says.
    pub(super) const ODD: u32 = 1 << 31;

    /// FPRoundingMode(): the mode that RMode selects.
    #[inline]
    pub fn rounding(self) -> Rounding {
        match (self.0 & Self::RMODE) >> 22 {
            _ if self.0 & Self::ODD != 0 => Rounding::OddToInfinity,
            0 => Rounding::TieEven,
            1 => Rounding::PosInf,
            2 => Rounding::NegInf,
            _ => Rounding::Zero,
        }
    }

    /// Whether RMode selects round to nearest, ties to even, the only mode the host runs in, and
    /// nothing is unusual about NaNs and denormals.
    #[inline(always)]
    pub(super) fn rounds_to_nearest(self) -> bool {
        self.0 & (Self::RMODE | Self::AH | Self::FIZ | Self::ODD) == 0
    }

    /// Whether handling is the alternate one.
    #[inline]
    pub(super) fn alternate(self) -> bool {
        self.0 & Self::AH != 0
    }

    /// Whether operands that are denormals may be treated unlike the host does.
    #[inline(always)]
    pub(super) fn changes_denormals(self) -> bool {
        self.0 & (Self::AH | Self::FIZ) != 0
    }

    /// FPDefaultNaN().
    #[inline]
    pub(super) fn nan<F: Format>(self) -> u64 {
        F::default_nan() | if self.alternate() { F::SIGN } else { 0 }
    }

    /// Computes an estimate, a step or a BFloat16: under AH these flush denormals, round to nearest
    /// and raise nothing.
    pub(super) fn estimating<T>(self, fpsr: &mut Fpsr, f: impl FnOnce(Fpcr, &mut Fpsr) -> T) -> T {
        if !self.alternate() {
            return f(self, fpsr);
        }
        let mut ignored = *fpsr;
        f(Fpcr(self.0 & !Self::RMODE | Self::FIZ | Self::FZ), &mut ignored)
    }

    /// Whether NaN results become the default NaN.
    #[inline]
    pub(super) fn default_nan(self) -> bool {
        self.0 & Self::DN != 0
    }

    /// Whether conversions use the alternative half-precision format.
    #[inline]
    pub(super) fn alternative_half(self) -> bool {
        self.0 & Self::AHP != 0
    }

    /// Whether results in format `F` that are denormals are flushed to zero, and without AH operands.
    #[inline]
    pub(super) fn flushes<F: Format>(self) -> bool {
        self.0 & if F::IS_HALF { Self::FZ16 } else { Self::FZ } != 0
    }

    /// Whether operands of format `F` that are denormals are flushed to zero, and if that is noted.
    #[inline]
    pub(super) fn flushes_operands<F: Format>(self) -> Option<Noted> {
        if F::IS_HALF {
            return self.flushes::<F>().then_some(Noted(false));
        }
        let by_fz = self.0 & (Self::FZ | Self::AH) == Self::FZ;
        (by_fz || self.0 & Self::FIZ != 0).then_some(Noted(by_fz))
    }

    /// The copy that FPUnpackCV and FPRoundCV work with: conversions ignore FZ16.
    #[inline]
    pub(super) fn for_conversion(self) -> Fpcr {
        Fpcr(self.0 & !Self::FZ16)
    }
}

/// Whether a flushed operand raises InputDenorm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Noted(pub bool);

/// The floating-point status register (D24.2.54 FPSR): cumulative exception bits and QC.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(transparent)]
pub struct Fpsr(pub u32);

/// A floating-point exception, as the FPSR bit that records it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Exception {
    /// IOC.
    InvalidOp = 1 << 0,
    /// DZC.
    DivideByZero = 1 << 1,
    /// OFC.
    Overflow = 1 << 2,
    /// UFC.
    Underflow = 1 << 3,
    /// IXC.
    Inexact = 1 << 4,
    /// IDC.
    InputDenorm = 1 << 7,
}

impl Fpsr {
    /// Cumulative saturation bit of Advanced SIMD integer instructions.
    pub const QC: u32 = 1 << 27;

    /// FPProcessException() for an untrapped exception: sets its cumulative bit.
    #[inline]
    pub fn raise(&mut self, exception: Exception) {
        self.0 |= exception as u32;
    }

    /// Whether the exception's cumulative bit is set.
    #[inline]
    pub fn has(self, exception: Exception) -> bool {
        self.0 & exception as u32 != 0
    }
}

/// FPRounding: how a result that does not fit is rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// To nearest, ties to even.
    TieEven,
    /// Towards plus infinity.
    PosInf,
    /// Towards minus infinity.
    NegInf,
    /// Towards zero.
    Zero,
    /// To nearest, ties away from zero.
    TieAway,
    /// As `Odd`, but what overflows is infinite (BFRound).
    OddToInfinity,
    /// To odd: truncates and sets the last bit when inexact, so that a second rounding is safe.
    Odd,
}
