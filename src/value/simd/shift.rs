//! Shifts by an immediate.

use super::Esize;
use super::exact::Exact;
use super::lanes::{map1, saturating1};

vec_ops! {
    /// Shift by an immediate: 0 to esize - 1 to the left, 1 to esize to the right.
    VecShift(es, a: u128, n: u32; qc) {
        /// SHL
        Shl => unsigned!(es, map1(a, |x: T| x << (n & (T::BITS - 1)))),
        /// SSHR
        Sshr => signed!(es, map1(a, |x: T| x >> n.min(T::BITS - 1))),
        /// USHR
        Ushr => unsigned!(es, map1(a, |x: T| x.checked_shr(n).unwrap_or(0))),
        /// SRSHR: rounded, as the last bit shifted out says
        Srshr => signed!(es, map1(a, |x: T| {
            let but_one = x >> (n.clamp(1, T::BITS) - 1);
            (but_one >> 1) + (but_one & 1)
        })),
        /// URSHR
        Urshr => unsigned!(es, map1(a, |x: T| {
            let but_one = x >> (n.clamp(1, T::BITS) - 1);
            (but_one >> 1) + (but_one & 1)
        })),
    }
    saturating {
        /// SQSHL
        Sqshl => signed!(es, saturating1(qc, a, |x: T, qc: &mut bool| clamp!(qc, shift_lane!(x, n, Truncate), T))),
        /// SQSHLU: signed to unsigned
        Sqshlu => signed!(es, saturating1(qc, a, |x: T, qc: &mut bool| clamp!(qc, shift_lane!(x, n, Truncate), U))),
        /// UQSHL
        Uqshl => unsigned!(es, saturating1(qc, a, |x: T, qc: &mut bool| clamp!(qc, shift_lane!(x, n, Truncate), T))),
    }
}
