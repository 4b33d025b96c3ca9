//! The pseudocode's `real` numbers, as far as the operations need them.
//!
//! A `Real` is sign · significand · 2^exp with a 128-bit significand. Results that do not fit (a far
//! smaller addend, a quotient, a root) are truncated and *jammed*: a lost nonzero remainder sets the
//! last bit. Jammed results keep more than 60 significant bits, and only roundings to 53 bits or
//! fewer follow, so the jammed bit decides inexactness and ties exactly as the true remainder would.

use std::cmp::Ordering;

/// An exact or jammed real number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Real {
    pub negative: bool,
    pub significand: u128,
    pub exp: i32,
}

/// Where the leading bit of a normalised significand is: one below the top, so that a sum fits.
const LEADING: u32 = 126;

impl Real {
    /// Zero has no sign: operations that need one decide it themselves.
    pub const ZERO: Real = Real { negative: false, significand: 0, exp: 0 };

    /// An unsigned integer.
    pub fn integer(magnitude: u128) -> Real {
        Real { negative: false, significand: magnitude, exp: 0 }
    }

    /// Larger than any finite number (pseudocode: 2.0^1000000), so that comparisons need no cases.
    pub fn infinite(negative: bool) -> Real {
        Real { negative, significand: 1, exp: 1_000_000 }
    }

    pub fn is_zero(self) -> bool {
        self.significand == 0
    }

    pub fn negated(self) -> Real {
        Real { negative: !self.negative, ..self }
    }

    /// Times 2^power.
    pub fn scaled(self, power: i32) -> Real {
        Real { exp: self.exp + power, ..self }
    }

    /// The exponent of the leading bit: 1.0 ≤ |self| / 2^exponent < 2.0. Meaningless for zero.
    pub fn exponent(self) -> i32 {
        self.exp + 127 - self.significand.leading_zeros() as i32
    }

    /// The same number with its leading bit at `LEADING`. Only for nonzero numbers below 2^127.
    fn normalised(self) -> Real {
        let shift = self.significand.leading_zeros() as i32 - (127 - LEADING as i32);
        Real { significand: self.significand << shift, exp: self.exp - shift, ..self }
    }

    /// The sum. Operands have at most 106 significant bits, so jamming the smaller one is safe: when
    /// it is shifted out at all, at most one leading bit cancels.
    pub fn plus(self, other: Real) -> Real {
        if self.is_zero() {
            return other;
        }
        if other.is_zero() {
            return self;
        }
        let (a, b) = (self.normalised(), other.normalised());
        let (high, low) = if a.exp >= b.exp { (a, b) } else { (b, a) };
        let low_significand = shift_right_jam(low.significand, (high.exp - low.exp) as u32);
        if high.negative == low.negative {
            Real { significand: high.significand + low_significand, ..high }
        } else if high.significand >= low_significand {
            Real { significand: high.significand - low_significand, ..high }
        } else {
            Real { significand: low_significand - high.significand, exp: high.exp, negative: low.negative }
        }
    }

    /// The exact product. Operands come from unpacked values: at most 53 bits each.
    pub fn times(self, other: Real) -> Real {
        Real {
            negative: self.negative != other.negative,
            significand: self.significand * other.significand,
            exp: self.exp + other.exp,
        }
    }

    /// The quotient to at least 73 bits. Operands come from unpacked values and are not zero.
    pub fn over(self, other: Real) -> Real {
        let negative = self.negative != other.negative;
        let dividend = self.normalised();
        let quotient = dividend.significand / other.significand;
        let remainder = dividend.significand % other.significand;
        Real { negative, significand: quotient | (remainder != 0) as u128, exp: dividend.exp - other.exp }
    }

    /// The square root to at least 63 bits. Only for positive numbers.
    pub fn square_root(self) -> Real {
        let mut radicand = self.normalised();
        if radicand.exp % 2 != 0 {
            radicand.significand <<= 1;
            radicand.exp -= 1;
        }
        let root = radicand.significand.isqrt();
        let inexact = root * root != radicand.significand;
        Real { negative: false, significand: root | inexact as u128, exp: radicand.exp / 2 }
    }

    /// Numeric order; zeros are equal whatever their sign.
    pub fn compare(self, other: Real) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if other.negative { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) if self.negative != other.negative => {
                return if self.negative { Ordering::Less } else { Ordering::Greater };
            }
            _ => {}
        }
        let (a, b) = (self.normalised(), other.normalised());
        let magnitude = (a.exp, a.significand).cmp(&(b.exp, b.significand));
        if self.negative { magnitude.reverse() } else { magnitude }
    }
}

/// Shifts right; lost nonzero bits set the last bit of the result.
fn shift_right_jam(value: u128, count: u32) -> u128 {
    match count {
        0 => value,
        1..=127 => value >> count | (value << (128 - count) != 0) as u128,
        _ => (value != 0) as u128,
    }
}
