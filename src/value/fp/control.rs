//! FPCR and FPSR as the operations see them, and the rounding modes.

use super::Format;

/// The floating-point control register (D24.2.53 FPCR). Only the fields that change a result are
/// named; AH, FIZ and NEP (FEAT_AFP) are not honoured and a guest never sees them announced.
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

    /// FPRoundingMode(): the mode that RMode selects.
    #[inline]
    pub fn rounding(self) -> Rounding {
        match (self.0 & Self::RMODE) >> 22 {
            0 => Rounding::TieEven,
            1 => Rounding::PosInf,
            2 => Rounding::NegInf,
            _ => Rounding::Zero,
        }
    }

    /// Whether RMode selects round to nearest, ties to even: the only mode the host runs in.
    #[inline(always)]
    pub(super) fn rounds_to_nearest(self) -> bool {
        self.0 & Self::RMODE == 0
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

    /// Whether arithmetic in format `F` flushes denormals to zero.
    #[inline]
    pub(super) fn flushes<F: Format>(self) -> bool {
        self.0 & if F::BITS == 16 { Self::FZ16 } else { Self::FZ } != 0
    }

    /// The copy that FPUnpackCV and FPRoundCV work with: conversions ignore FZ16.
    #[inline]
    pub(super) fn for_conversion(self) -> Fpcr {
        Fpcr(self.0 & !Self::FZ16)
    }
}

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
    /// To odd: truncates and sets the last bit when inexact, so that a second rounding is safe.
    Odd,
}
